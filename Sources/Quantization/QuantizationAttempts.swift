import Evaluation
import Graphs
import Models
import PluginHost
import PluginKit

/// A network quantized in one way.
struct QuantizationAttempt {
  let placement: QuantizationPlacement
  let scales: QuantizedScales
  /// With whole numbers in it.
  let graph: Graph
  let comparison: QuantizationComparison
  var tuning = WeightTuning.Record()
}

/// Quantizes one network in ways that differ in the layers left float; what they share is done once.
final class QuantizationAttempts {
  /// The float network.
  let model: Model
  private(set) var calibration: Calibration
  private let planning: QuantizationPlanning
  private var quantizer: any Quantizer
  private let settings: QuantizeSettings
  private let images: any CalibrationImages
  private let surroundings: QuantizeStep.Surroundings
  /// The inputs that images give; what depends on others is not executed.
  private let given: Set<String>
  /// Weights whose rounding was learned, by layer, with the scales that it holds for.
  private var known: [String: (scales: [Float], numbers: Constant)] = [:]
  private var learned: [String: WeightTuning.Learned] = [:]
  /// What the float network makes of images, where several attempts are compared with it.
  private var float: FloatValues?

  /// Calibrates the network of a planning.
  init(
    _ planning: QuantizationPlanning,
    quantizer: any Quantizer,
    settings: QuantizeSettings,
    images: any CalibrationImages,
    surroundings: QuantizeStep.Surroundings
  ) throws {
    model = planning.model
    self.planning = planning
    self.quantizer = quantizer
    self.settings = settings
    self.images = images
    self.surroundings = surroundings
    given = try images.count > 0 ? Set(images.inputs(0).keys) : []
    calibration = try Self.calibration(
      model,
      Set(planning.placement().activations.flatMap(\.sources)),
      given,
      images,
      surroundings
    )
  }

  private static func calibration(
    _ model: Model,
    _ values: Set<String>,
    _ given: Set<String>,
    _ images: any CalibrationImages,
    _ surroundings: QuantizeStep.Surroundings
  ) throws -> Calibration {
    try Calibration.run(
      model.part(given: given, computing: values),
      values: values,
      images: images,
      device: surroundings.device,
      tell: surroundings.tell
    )
  }

  /// Tries quantizers on the calibration that they share; the best one chooses all ranges from now on.
  func choose(among candidates: QuantizationCandidates) throws -> QuantizationChoice {
    let placement = planning.placement()
    let sources = Set(placement.activations.flatMap(\.sources))
    let closeness = try OutputCloseness(
      model.part(given: given, computing: sources),
      tail: placement.tail,
      images: images,
      device: surroundings.device
    )
    var trials: [QuantizationChoice.Trial] = []
    var known: [(scales: QuantizedScales, decibels: Double)] = []
    for (place, (value, quantizer)) in candidates.choices.enumerated() {
      surroundings.tell(
        .work(
          .choice(parameter: candidates.parameter, value: value),
          done: place + 1,
          of: candidates.choices.count
        )
      )
      let scales = try scales(of: placement, by: quantizer)
      // Where two choose alike, one is measured.
      var decibels = known.first {
        $0.scales.activations == scales.activations && $0.scales.weights == scales.weights
      }?.decibels
      if decibels == nil {
        let graph = QuantizedGraph(
          closeness.model.graph,
          placement: placement,
          scales: scales,
          weights: .restored
        ).graph
        let found = try closeness.decibels(graph)
        known.append((scales, found))
        decibels = found
      }
      trials.append(.init(value: value, decibels: decibels ?? 0))
    }
    let choice = QuantizationChoice(
      parameter: candidates.parameter,
      trials: trials,
      images: closeness.count
    )
    if !trials.isEmpty { quantizer = candidates.choices[choice.best].quantizer }
    return choice
  }

  /// Quantizes with some layers left float beside those of the plan.
  func attempt(leaving layers: Set<String> = []) throws -> QuantizationAttempt {
    let placement = planning.placement(leaving: layers)
    let values = Set(placement.activations.flatMap(\.sources))
    let missing = values.subtracting(calibration.statistics.keys)
    if !missing.isEmpty {
      calibration.add(try Self.calibration(model, missing, given, images, surroundings))
    }
    var (scales, tuning) = (try scales(of: placement, by: quantizer), WeightTuning.Record())
    if planning.plan.learnsRounding || planning.plan.correctsBiases {
      (scales, tuning) = try tuned(scales, placement)
    }
    var attempt = try attempt(model, placement, scales, comparedWith: exactValues(for: placement))
    attempt.tuning = tuning
    return attempt
  }

  /// What the float network makes of images, for an attempt: computed for the first one of a search, and the same for all that follow,
  /// whose layers are fewer.
  private func exactValues(for placement: QuantizationPlacement) throws -> FloatValues {
    let part = try part(of: model, placement)
    guard planning.plan.goal != nil else { return floatValues(part, placement, memory: 0) }
    let names = QuantizationComparison.values(of: placement, in: part.graph)
      .subtracting(part.graph.inputs.map(\.name))
    if let float, names.isSubset(of: float.names) { return float }
    let made = floatValues(part, placement, memory: surroundings.memory)
    float = made
    return made
  }

  /// Puts scales into a network that was trained since, and compares.
  func attempt(
    _ model: Model,
    _ placement: QuantizationPlacement,
    _ scales: QuantizedScales
  ) throws -> QuantizationAttempt {
    try attempt(
      model,
      placement,
      scales,
      comparedWith: floatValues(part(of: model, placement), placement, memory: 0)
    )
  }

  /// What of a network is executed.
  private func part(of model: Model, _ placement: QuantizationPlacement) throws -> Model {
    try model.part(given: given, computing: Set(placement.activations.flatMap(\.sources)))
  }

  private func floatValues(
    _ model: Model,
    _ placement: QuantizationPlacement,
    memory: Int
  ) -> FloatValues {
    FloatValues(
      model,
      values: QuantizationComparison.values(of: placement, in: model.graph),
      images: images,
      device: surroundings.device,
      memory: memory
    )
  }

  private func attempt(
    _ model: Model,
    _ placement: QuantizationPlacement,
    _ scales: QuantizedScales,
    comparedWith float: FloatValues
  ) throws -> QuantizationAttempt {
    let made = QuantizedGraph(model.graph, placement: placement, scales: scales)
    let comparison = try QuantizationComparison(
      float,
      placement: placement,
      scales: scales,
      weightPower: made.weightPower,
      calibration: calibration
    )
    return QuantizationAttempt(
      placement: placement,
      scales: scales,
      graph: made.graph,
      comparison: comparison
    )
  }

  private func scales(
    of placement: QuantizationPlacement,
    by quantizer: any Quantizer
  ) throws -> QuantizedScales {
    let subject = QuantizationSubject(
      model.graph,
      placement: placement,
      calibration: calibration,
      seed: surroundings.seed,
      log: { [surroundings] in surroundings.tell(.plugin($0, $1)) }
    )
    do {
      return try ScaleComputation(graph: model.graph, placement: placement)
        .scales(by: quantizer, subject)
    } catch { throw StrategyFailure(.plugin(error), of: settings.strategy) }
  }

  /// Scales with weights and biases tuned; a rounding that was learned before is taken over.
  private func tuned(
    _ scales: QuantizedScales,
    _ placement: QuantizationPlacement
  ) throws -> (QuantizedScales, WeightTuning.Record) {
    var start = scales
    for layer in placement.layers {
      guard let known = known[layer.name], known.scales == scales.weights[layer.name] else {
        continue
      }
      start.numbers[layer.name] = known.numbers
    }
    var tuning = WeightTuning(
      model,
      placement: placement,
      plan: planning.plan,
      seed: surroundings.seed,
      device: surroundings.device
    )
    let tuned = try tuning.tuned(start, images: images, tell: surroundings.tell)
    for layer in tuning.record.learned { learned[layer.layer] = layer }
    for (layer, numbers) in tuned.numbers {
      known[layer] = tuned.weights[layer].map { ($0, numbers) }
    }
    var record = tuning.record
    record.learned = placement.layers.compactMap { layer in
      tuned.numbers[layer.name].flatMap { _ in learned[layer.name] }
    }
    return (tuned, record)
  }
}
