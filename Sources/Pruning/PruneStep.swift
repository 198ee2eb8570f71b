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
  /// What was asked for and measured; nil where a strategy said what is cut.
  package let target: TargetOutcome?

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
  ///   - latency: measures networks, for targets of milliseconds.
  ///   - stop: asked between layers that are timed.
  ///   - tell: told what the strategy says.
  /// - Returns: the step that was done.
  /// - Throws: `StrategyFailure`, ``PruneFailure``, ``TargetError``; `InferenceError` of a runtime that is timed.
  package static func run(
    _ model: Model,
    settings: PruneSettings,
    registry: PluginRegistry,
    seed: UInt64 = 0,
    evaluation: PlanEvaluation? = nil,
    gradients: LossGradients? = nil,
    repairImages: ((Model) throws -> (any CalibrationImages)?)? = nil,
    device: Device = .cpu,
    latency: (PruneTarget.Place) throws -> NetworkTiming = NetworkTiming.init(at:),
    stop: StopRequest? = nil,
    tell: @escaping (RunEvent) -> Void = { _ in }
  ) throws -> PruneStep {
    let subject = try PruningSubject(model, align: settings.align, seed: seed) {
      tell(.plugin($0, $1))
    }
    subject.context.evaluation = evaluation
    subject.context.gradients = gradients
    let decision =
      if let target = settings.target {
        try byTarget(target, subject, settings, registry, latency: latency, stop: stop, tell: tell)
      } else {
        try byStrategy(subject, settings, registry)
      }
    var after = decision.after
    var repair: RepairRecord?
    if settings.repair != nil, let images = try repairImages?(model) {
      let (repaired, record) = try NetworkRepair(
        model,
        after,
        cut: decision.cut,
        seed: seed,
        device: device
      ).repaired(images, tell: tell)
      (after, repair) = (try repaired.recording(record), record)
    }
    return PruneStep(
      before: model,
      after: after,
      plan: decision.plan,
      cuts: decision.cut.cuts,
      closed: subject.context.descriptions.closed.map {
        Closed(name: $0.group.name, channels: $0.group.channels, reason: $0.reason)
      },
      provenance: decision.provenance,
      score: decision.score,
      repair: repair,
      target: decision.target
    )
  }

  /// What is cut, and who said so.
  struct Decision {
    let plan: PruningPlan
    let cut: ResolvedPruning
    let after: Model
    let provenance: Provenance
    let score: Provenance?
    var target: TargetOutcome?
  }

  /// The cut of a strategy's plan.
  private static func byStrategy(
    _ subject: PruningSubject,
    _ settings: PruneSettings,
    _ registry: PluginRegistry
  ) throws -> Decision {
    let pruner = try StrategyFailure.naming(settings.strategy) { () throws(PluginHostError) in
      try registry.pruner(named: settings.strategy, settings: settings.parameters.values)
    }
    let plan = try failing(settings.strategy) { try pruner.plan(for: subject.context) }
    let (scorer, score) = try scorer(of: plan, pruner, registry, settings)
    let resolved = try failing(settings.strategy) { try subject.resolve(plan, scorer: scorer) }
    let after = try failing(settings.strategy) {
      try subject.model(after: resolved) { graph in
        graph.record(
          provenance: pruner.provenance,
          score: score,
          gradients: subject.context.gradients,
          settings: settings,
          cuts: resolved.cuts
        )
      }
    }
    return Decision(
      plan: plan,
      cut: resolved,
      after: after,
      provenance: pruner.provenance,
      score: score
    )
  }

  /// The result of `body`, whose errors are told apart: those of the plan, of the cut, and of the strategy.
  static func failing<Result>(
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
