package import Graphs
package import Models
import Operators
package import PluginKit

/// A model ready to be cut by plans: its channel groups, what strategies may ask of it, and the surgery.
package struct PruningSubject {
  /// The model as it was.
  package let model: Model
  /// What strategies are offered.
  package let context: StrategyContext

  /// Finds a model's groups.
  ///
  /// - Parameters:
  ///   - model: what is cut; it stays as it is.
  ///   - align: kept counts are rounded up to a multiple of this.
  ///   - seed: for strategies that draw.
  ///   - log: told what strategies say.
  /// - Throws: ``PruneFailure/analysis(_:)``.
  package init(
    _ model: Model,
    align: Int = 1,
    seed: UInt64 = 0,
    log: @escaping (LogLevel, String) -> Void = { _, _ in }
  ) throws {
    self.model = model
    let separated: Model
    do { separated = try model.separatingWeights() } catch { throw PruneFailure.analysis(error) }
    let groups = ChannelGroups(separated.graph, facts: separated.facts, operators: model.operators)
    let pruning = ChannelPruning(separated.graph, groups: groups, alignment: align)
    context = StrategyContext(separated, pruning: pruning, seed: seed, log: log)
  }

  /// Chooses the channels of a plan.
  ///
  /// - Parameters:
  ///   - plan: what a strategy decided.
  ///   - scorer: whose scores choose the channels of a ratio; nil for the host's L1 norm.
  ///   - other: what the scorer is offered of the same model, in place of ``context``.
  /// - Returns: what each group keeps.
  /// - Throws: ``PruningError``; `PluginError`.
  package func resolve(
    _ plan: PruningPlan,
    scorer: (any ChannelScorer)?,
    seeing other: (any PruningContext)? = nil
  ) throws -> ResolvedPruning {
    try context.pruning.resolve(plan) { group in
      guard let scorer, let index = context.descriptions.index(of: group) else { return nil }
      return try scorer.score(context.descriptions.offered[index], of: other ?? context)
    }
  }

  /// The model after a cut.
  ///
  /// - Parameters:
  ///   - cut: of ``resolve(_:scorer:seeing:)``.
  ///   - record: what is written into the graph beside.
  /// - Returns: the smaller model.
  /// - Throws: `GraphError`, `OperatorError`; ``PruneFailure/outputChanged(_:)``.
  package func model(
    after cut: ResolvedPruning,
    record: (inout Graph) -> Void = { _ in }
  ) throws -> Model {
    var small = try context.pruning.apply(cut)
    record(&small)
    let after = try context.subject.replacing(graph: small).rejoiningWeights()
    // Outputs are what others rely on.
    for output in model.graph.outputs
    where model.facts[output.name].sizes != after.facts[output.name].sizes {
      throw PruneFailure.outputChanged(output.name)
    }
    return after
  }
}

@available(*, unavailable) extension PruningSubject: Sendable {}

extension GroupDescriptions {
  /// The place of a group of the analysis among those offered.
  fileprivate func index(of group: ChannelGroup) -> Int? {
    sources.firstIndex { $0.index == group.index }
  }
}
