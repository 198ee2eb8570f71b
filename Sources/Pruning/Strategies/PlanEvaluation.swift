package import Evaluation
import Models
import PluginKit

/// What a strategy's plans are judged on, and where their records are kept.
package final class PlanEvaluation {
  private let source: () throws -> any EvaluationSet
  private var found: (any EvaluationSet)?
  /// Gives the store for a context; what it holds is not measured again.
  private let store: (_ context: String) throws -> any RecordStore
  private let options: CutEvaluator.Options
  private let tell: (RunEvent) -> Void

  /// An evaluation whose records live as long as the process, or in a store.
  ///
  /// - Parameters:
  ///   - images: asked once a strategy evaluates; most do not.
  ///   - store: where records of a context are kept; in memory by default.
  ///   - options: device and memory.
  ///   - tell: told after every cut and batch.
  package init(
    _ images: @escaping () throws -> any EvaluationSet,
    store: ((_ context: String) throws -> any RecordStore)? = nil,
    options: CutEvaluator.Options = CutEvaluator.Options(),
    tell: @escaping (RunEvent) -> Void = { _ in }
  ) {
    source = images
    self.options = options
    self.tell = tell
    let memory = RecordMemory()
    self.store = store ?? { _ in memory }
  }

  /// The images, read once they are asked for.
  package func images() throws -> any EvaluationSet {
    if let found { return found }
    let images = try source()
    found = images
    return images
  }

  /// The metric of the model after each plan, without fine-tuning.
  ///
  /// Plans that cut one group more and more share their work; others are cut and evaluated by themselves.
  func metrics(
    of plans: [PruningPlan],
    _ model: Model,
    _ pruning: ChannelPruning
  ) throws -> [Double] {
    let images = try images()
    let cuts = try plans.map { try pruning.resolve($0) }
    let context = RecordContext.hash(
      model: try RecordContext.hash(of: model),
      images: images.contentHash,
      batch: CutEvaluator.batch(of: model, options)
    )
    let store = try store(context)
    let evaluator = CutEvaluator(
      model,
      pruning: pruning,
      images: images,
      store: store,
      options: options
    )
    evaluator.tell = tell
    try evaluator.evaluate(cuts)
    return try cuts.map { cut in
      guard let records = try store.records(of: CutEvaluator.key(of: cut), 0..<images.count) else {
        throw SensitivityError.internalFault("records of a plan are missing")
      }
      return try images.metric(records, sample: nil)
    }
  }
}

@available(*, unavailable) extension PlanEvaluation: Sendable {}
