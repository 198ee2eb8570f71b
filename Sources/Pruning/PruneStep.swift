package import Evaluation
import Graphs
package import Models
import Operators
package import PluginHost
package import PluginKit
package import Tensors

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
  /// What repair did; nil where none was asked for.
  package let repair: RepairRecord?

  /// A group that is never cut.
  package struct Closed: Sendable, Hashable {
    package let name: String
    package let channels: Int
    package let reason: String
  }

  /// Asks the strategy for a plan and applies it; the model given stays as it is.
  ///
  /// - Parameters:
  ///   - model: what to cut.
  ///   - settings: the strategy, its parameters and the host's own choices.
  ///   - registry: where the strategy is found by name.
  ///   - seed: for strategies that draw.
  ///   - evaluation: what plans are judged on, for strategies that measure.
  ///   - gradients: what gradients are taken over, for strategies that ask for them.
  ///   - repairImages: the images that the settings' repair asks for.
  ///   - device: where networks run for it.
  ///   - tell: told what the strategy says.
  /// - Returns: the step that was done.
  /// - Throws: `StrategyFailure`, ``PruneFailure``.
  package static func run(
    _ model: Model,
    settings: PruneSettings,
    registry: PluginRegistry,
    seed: UInt64 = 0,
    evaluation: PlanEvaluation? = nil,
    gradients: LossGradients? = nil,
    repairImages: ((Model) throws -> (any CalibrationImages)?)? = nil,
    device: Device = .cpu,
    tell: @escaping (RunEvent) -> Void = { _ in }
  ) throws -> PruneStep {
    let pruner = try StrategyFailure.naming(settings.strategy) { () throws(PluginHostError) in
      try registry.pruner(named: settings.strategy, settings: settings.parameters.values)
    }
    let subject = try PruningSubject(model, align: settings.align, seed: seed) {
      tell(.plugin($0, $1))
    }
    let context = subject.context
    context.evaluation = evaluation
    context.gradients = gradients
    let plan = try failing(settings.strategy) { try pruner.plan(for: context) }
    let (scorer, score) = try scorer(of: plan, pruner, registry, settings)
    let resolved = try failing(settings.strategy) { try subject.resolve(plan, scorer: scorer) }
    var after = try failing(settings.strategy) {
      try subject.model(after: resolved) { graph in
        graph.record(
          provenance: pruner.provenance,
          score: score,
          gradients: gradients,
          settings: settings,
          cuts: resolved.cuts
        )
      }
    }
    var repair: RepairRecord?
    if settings.repair != nil, let images = try repairImages?(model) {
      let (repaired, record) = try NetworkRepair(
        model,
        after,
        cut: resolved,
        seed: seed,
        device: device
      ).repaired(images, tell: tell)
      (after, repair) = (try repaired.recording(record), record)
    }
    return PruneStep(
      before: model,
      after: after,
      plan: plan,
      cuts: resolved.cuts,
      closed: context.descriptions.closed.map {
        Closed(name: $0.group.name, channels: $0.group.channels, reason: $0.reason)
      },
      provenance: pruner.provenance,
      score: score,
      repair: repair
    )
  }

  /// The result of `body`, whose errors are told apart: those of the plan, of the cut, and of the strategy.
  private static func failing<Result>(
    _ strategy: String,
    _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as PruneFailure { throw error } catch let error
      as PruningError
    {
      throw PruneFailure.plan(error)
    } catch let error as GraphError { throw PruneFailure.cut(error) } catch let error
      as OperatorError
    {
      throw PruneFailure.analysis(error)
    } catch let error as PluginError {
      throw StrategyFailure(.plugin(error), of: strategy)
    } catch {
      throw StrategyFailure(.plugin(PluginError(.internalError, "\(error)")), of: strategy)
    }
  }

  /// Whose scores choose the channels: those that the plan names, else the strategy's own, else the host's (nil).
  private static func scorer(
    of plan: PruningPlan,
    _ pruner: PluginPruner,
    _ registry: PluginRegistry,
    _ settings: PruneSettings
  ) throws(StrategyFailure) -> ((any ChannelScorer)?, Provenance?) {
    guard let name = plan.score else { return (pruner.scorer, nil) }
    let given = settings.score.flatMap { $0.strategy == name ? $0.parameters.values : nil } ?? [:]
    return try StrategyFailure.naming(name) { () throws(PluginHostError) in
      (
        try registry.scorer(named: name, settings: given),
        try registry.provenance(of: name, settings: given)
      )
    }
  }
}
