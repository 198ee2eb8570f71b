import Datasets
package import Evaluation
import Files
import Graphs
package import Models
import Operators
import Pruning
package import Tensors

/// Holds models of a run against gates; what is known of the model before the first step is found once.
package final class GateKeeper {
  private let recipe: Recipe
  private let original: Model
  private let device: Device
  private let base: String
  private let tell: (RunEvent) -> Void
  private var sets: [Int?: any EvaluationSet] = [:]
  private var begun: [Int?: EvaluationResult] = [:]

  /// - Parameters:
  ///   - recipe: says where images are.
  ///   - original: the model before the first step.
  ///   - device: where models are evaluated.
  ///   - base: the folder that relative paths start from.
  ///   - tell: told how far it is.
  package init(
    _ recipe: Recipe,
    original: Model,
    device: Device,
    base: String,
    tell: @escaping (RunEvent) -> Void
  ) {
    self.recipe = recipe
    self.original = original
    self.device = device
    self.base = base
    self.tell = tell
  }

  /// What a gate asks of a model, and what is found.
  ///
  /// - Throws: what evaluation refuses; `InferenceError` for a runtime that is not there.
  package func checks(of model: Model, by gate: Gate) throws -> [GateCheck] {
    try judged(model, gate) + timed(model, gate) + weighed(model, gate)
  }

  private func judged(_ model: Model, _ gate: Gate) throws -> [GateCheck] {
    guard gate.isJudged else { return [] }
    let set = try set(gate.images)
    let found = try result(of: model, over: set)
    var checks: [GateCheck] = []
    if let limit = gate.drop {
      let start = try begun[gate.images] ?? result(of: original, over: set)
      begun[gate.images] = start
      let draws = Bootstrap(draws: gate.draws, seed: recipe.seed)
      let drops = try draws.drops(of: found.records, from: start.records, by: set)
      checks.append(
        GateCheck(
          .drop,
          limit: limit,
          value: start.metric - found.metric,
          interval: draws.interval(drops),
          means: set.metricName
        )
      )
    }
    if let limit = gate.metric {
      checks.append(GateCheck(.metric, limit: limit, value: found.metric, means: set.metricName))
    }
    return checks
  }

  private func timed(_ model: Model, _ gate: Gate) throws -> [GateCheck] {
    guard gate.isTimed else { return [] }
    var settings = InferenceNetwork.Settings()
    settings.threads = gate.threads
    let bench = try MeasuredLatency(on: gate.runtime, settings: settings)
    // In turns with the first model, so that both meet the same load.
    let found = try bench.latencies(of: [original, model])
    var checks: [GateCheck] = []
    if let limit = gate.speedup {
      let speedup = found[0].median / found[1].median
      checks.append(GateCheck(.speedup, limit: limit, value: speedup, means: bench.surroundings))
    }
    if let limit = gate.latency {
      let time = 1000 * found[1].median
      checks.append(GateCheck(.latency, limit: limit, value: time, means: bench.surroundings))
    }
    return checks
  }

  private func weighed(_ model: Model, _ gate: Gate) throws -> [GateCheck] {
    guard let limit = gate.megabytes else { return [] }
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/\(recipe.export.onnx)"
    try model.write(to: file, opset: recipe.export.opset)
    let bytes = Double(try File.bytes(of: file).count)
    return [GateCheck(.megabytes, limit: limit, value: bytes / 1_000_000)]
  }

  private func set(_ limit: Int?) throws -> any EvaluationSet {
    if let known = sets[limit] { return known }
    guard let data = recipe.data else {
      throw EvaluationError.records("the gate has no images to judge by")
    }
    let plan = EvaluationPlan(
      task: try recipe.task ?? .recognized(original),
      data: data,
      split: data.split(named: "val"),
      base: base
    )
    let made = try plan.images(for: original, limit: limit, device: device)
    sets[limit] = made
    return made
  }

  private func result(of model: Model, over set: any EvaluationSet) throws -> EvaluationResult {
    let session = Session(
      model.operators.simulatingQuantization(model.graph),
      operators: model.operators.withRounding,
      device: device,
      mode: .fast,
      memory: 0
    )
    return try EvaluationResult.run(
      session,
      over: set,
      batch: model.fixedBatch()?.count ?? 8,
      isFixed: model.fixedBatch() != nil,
      tell: tell
    )
  }
}

@available(*, unavailable) extension GateKeeper: Sendable {}
