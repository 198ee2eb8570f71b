import Evaluation
import Graphs
import Models
import Operators
import PluginKit

/// Measures what a goal is about, and says whether a quantized network reaches it.
struct QuantizationGoalCheck {
  /// The float network's metric, where the goal is about it.
  let reference: Double?
  private let goal: QuantizationPlan.Goal
  private let model: Model
  private let images: (any EvaluationSet)?
  private let surroundings: QuantizeStep.Surroundings

  /// Measures the float network.
  ///
  /// - Throws: ``QuantizationError/noMetric`` where a metric is wanted and there is nothing to measure it on.
  init(
    _ goal: QuantizationPlan.Goal,
    _ model: Model,
    _ surroundings: QuantizeStep.Surroundings
  ) throws {
    self.goal = goal
    self.model = model
    self.surroundings = surroundings
    guard goal.metricDrop != nil else {
      (images, reference) = (nil, nil)
      return
    }
    guard let images = try surroundings.evaluation?(model) else {
      throw QuantizationError.noMetric
    }
    self.images = images
    reference = try Self.metric(of: model.graph, images, model, surroundings)
  }

  /// The figures of an attempt.
  func trial(_ attempt: QuantizationAttempt, count: Int) throws -> MixedPrecision.Trial {
    if goal.leastDecibels != nil, attempt.comparison.outputs.isEmpty {
      throw ComparedOutputs.Missing(
        model: model.name,
        leftOut: ComparedOutputs(of: model).leftOut
      )
    }
    let decibels = attempt.comparison.outputs.map(\.noise.decibels).min() ?? .infinity
    var isEnough = decibels >= goal.leastDecibels ?? -.infinity
    var metric: Double?
    // The dearer figure is left where the other one decides.
    if let images, let reference, let drop = goal.metricDrop, isEnough {
      let graph = model.operators.simulatingQuantization(attempt.graph)
      let found = try Self.metric(of: graph, images, model, surroundings)
      metric = found
      isEnough = found >= reference - drop
    }
    return .init(count: count, metric: metric, decibels: decibels, isEnough: isEnough)
  }

  private static func metric(
    of graph: Graph,
    _ images: any EvaluationSet,
    _ model: Model,
    _ surroundings: QuantizeStep.Surroundings
  ) throws -> Double {
    let session = Session(
      graph,
      operators: model.operators.withRounding,
      device: surroundings.device,
      mode: .fast,
      memory: 0
    )
    return try EvaluationResult.run(session, over: images, fixed: model.fixedBatch()).metric
  }
}
