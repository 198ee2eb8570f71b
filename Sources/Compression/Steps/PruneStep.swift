import Graphs
import Operators
package import PluginHost
package import PluginKit

/// Pruning of one model by a strategy's plan: decided, applied, verified, counted.
package struct PruneStep: Sendable {
  /// The model before.
  package let before: Model
  /// The model after, with the step's provenance in its metadata.
  package let after: Model
  /// What the strategy decided.
  package let plan: PruningPlan
  /// What each group loses.
  package let cuts: [PruningCut]
  /// Groups that are never cut, with the reason.
  package let closed: [Closed]
  /// Which code made the plan.
  package let provenance: Provenance
  /// Which code chose the channels, where it was another strategy's.
  package let score: Provenance?

  /// A group that is never cut.
  package struct Closed: Sendable, Hashable {
    package let name: String
    package let channels: Int
    package let reason: String
  }

  /// Asks the strategy for a plan and applies it; the model given stays as it is.
  ///
  /// - Throws: ``StepFailure``.
  package init(
    _ model: Model,
    settings: PruneSettings,
    registry: PluginRegistry,
    seed: UInt64 = 0,
    evaluation: PlanEvaluation? = nil,
    log: @escaping (LogLevel, String) -> Void = { _, _ in }
  ) throws(StepFailure) {
    let pruner: PluginPruner
    do {
      pruner = try registry.pruner(named: settings.strategy, settings: settings.parameters.values)
    } catch { throw .strategy(error, of: settings.strategy) }
    before = model
    let model: Model
    do { model = try before.separatingWeights() } catch { throw StepFailure.analysis(error) }
    let groups = ChannelGroups(model.graph, facts: model.facts, operators: model.operators)
    let pruning = ChannelPruning(
      model.graph,
      groups: groups,
      alignment: settings.align
    )
    let context = StrategyContext(model, pruning: pruning, seed: seed, log: log)
    context.evaluation = evaluation
    provenance = pruner.provenance
    closed = context.descriptions.closed.map {
      Closed(name: $0.group.name, channels: $0.group.channels, reason: $0.reason)
    }
    do {
      plan = try pruner.plan(for: context)
    } catch { throw .strategy(.plugin(error), of: settings.strategy) }
    let (scorer, score) = try Self.scorer(of: plan, pruner, registry, settings.strategy)
    self.score = score
    let resolved: ResolvedPruning
    do {
      resolved = try pruning.resolve(plan) { group in
        guard let scorer, let index = context.descriptions.index(of: group) else { return nil }
        return try scorer.score(context.descriptions.offered[index], of: context)
      }
    } catch let error as PruningError { throw .plan(error) } catch let error as PluginError {
      throw .strategy(.plugin(error), of: settings.strategy)
    } catch {
      throw .strategy(.plugin(PluginError(.internalError, "\(error)")), of: settings.strategy)
    }
    cuts = resolved.cuts
    do {
      var small = try pruning.apply(resolved)
      small.record(provenance: provenance, score: score, settings: settings, cuts: resolved.cuts)
      after = try Model(
        model.name,
        small,
        sizes: model.facts.sizes,
        operators: model.operators
      ).rejoiningWeights()
    } catch let error as GraphError { throw .cut(error) } catch let error as OperatorError {
      throw .analysis(error)
    } catch {
      throw .strategy(.plugin(PluginError(.internalError, "\(error)")), of: settings.strategy)
    }
    try requireSameOutputs()
  }

  /// Whose scores choose the channels: those that the plan names, else the strategy's own, else the host's (nil).
  private static func scorer(
    of plan: PruningPlan,
    _ pruner: PluginPruner,
    _ registry: PluginRegistry,
    _ strategy: String
  ) throws(StepFailure) -> ((any ChannelScorer)?, Provenance?) {
    guard let name = plan.score else { return (pruner.scorer, nil) }
    do {
      let scorer = try registry.scorer(named: name)
      return (scorer, try registry.provenance(of: name))
    } catch { throw .strategy(error, of: strategy) }
  }

  /// A cut changes no output's shape: outputs are what others rely on.
  private func requireSameOutputs() throws(StepFailure) {
    for output in before.graph.outputs {
      let (old, new) = (before.facts[output.name].sizes, after.facts[output.name].sizes)
      guard old == new else { throw .outputChanged(output.name) }
    }
  }
}

extension GroupDescriptions {
  /// The place of a group of the analysis among those offered.
  fileprivate func index(of group: ChannelGroup) -> Int? {
    sources.firstIndex { $0.index == group.index }
  }
}
