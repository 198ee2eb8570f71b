package import Evaluation
import Files
import Graphs
package import Models
import Operators
package import PluginHost
package import PluginKit
package import Tensors
package import Training

/// Quantization of one model by a strategy: placed, calibrated, put into the graph, measured.
package struct QuantizeStep: Sendable {
  /// The model before.
  package let before: Model
  /// The model after, with the step's provenance in its metadata.
  package let after: Model
  package let settings: QuantizeSettings
  package let placement: QuantizationPlacement
  package let plan: QuantizationPlan
  package let scales: QuantizedScales
  /// Layers, those that lose most by themselves first.
  package let layers: [LayerNoise]
  /// How far each output is from the float network's.
  package let outputs: [(name: String, noise: QuantizationNoise)]
  /// Images that ranges were taken from, and that results were compared on.
  package let images: (calibrated: Int, compared: Int)
  package let provenance: Provenance
  /// How training went, where the strategy asked for it.
  package let training: TrainStep?
  /// Pairs of layers whose channels were evened out.
  package let equalized: [CrossLayerEqualization.Pair]
  /// Roundings learned and biases moved.
  package let tuning: WeightTuning.Record
  /// Which choice of a parameter was kept, where the strategy has its choices tried.
  package let choice: QuantizationChoice?
  /// How a goal was reached by leaving layers float, where there is one.
  package let mixed: MixedPrecision?

  /// What a step works with.
  package struct Surroundings {
    package var registry: PluginRegistry
    package var device = Device.cpu
    package var seed: UInt64 = 0
    /// Bytes of the float network's values that may be kept while layers are left float for a goal.
    package var memory = FloatValues.memory
    /// Told what happens.
    package var tell: (RunEvent) -> Void = { _ in }
    /// What a metric is measured on, for a float model; nil where there are no such images.
    package var evaluation: ((Model) throws -> (any EvaluationSet)?)?
    /// Trains a model; nil where there is nothing to train with.
    package var train: ((Model, TrainSettings) throws -> TrainStep)?

    package init(registry: PluginRegistry) { self.registry = registry }
  }

  /// Quantizes a model by the strategy that the settings name; the model given stays as it is.
  ///
  /// - Parameters:
  ///   - model: what to quantize.
  ///   - settings: how.
  ///   - images: what ranges are taken from.
  ///   - surroundings: plugins, device, who is told.
  /// - Returns: the step that was done.
  /// - Throws: `StrategyFailure`, ``QuantizationError``, ``CalibrationError``; what images or runtime refuse.
  package static func run(
    _ model: Model,
    settings: QuantizeSettings,
    images: any CalibrationImages,
    surroundings: Surroundings
  ) throws -> QuantizeStep {
    if let unmatched = UnmatchedSkip(settings, model) { throw unmatched }
    let quantizer = try StrategyFailure.naming(settings.strategy) { () throws(PluginHostError) in
      try surroundings.registry.quantizer(
        named: settings.strategy,
        settings: settings.parameters.values
      )
    }
    return try run(
      model,
      settings: settings,
      quantizer: quantizer,
      provenance: quantizer.provenance,
      images: images,
      surroundings: surroundings
    ) { try candidates(of: $0, quantizer.provenance, settings, surroundings.registry) }
  }

  /// Quantizers by every choice of the strategy's parameter at a place, but the one that stands for trying them.
  private static func candidates(
    of place: Int,
    _ provenance: Provenance,
    _ settings: QuantizeSettings,
    _ registry: PluginRegistry
  ) throws -> QuantizationCandidates {
    do {
      let parameters = try registry.description(of: settings.strategy).parameters
      guard parameters.indices.contains(place), !parameters[place].choices.isEmpty else {
        throw QuantizationError.unsupported("the choices of a parameter that has none")
      }
      let (name, known) = (parameters[place].name, provenance.settings.values)
      let choices = parameters[place].choices.filter { known[name] != .string($0) }
      return QuantizationCandidates(
        parameter: name,
        choices: try choices.map { choice in
          let values = known.merging([name: .string(choice)]) { $1 }
          return (choice, try registry.quantizer(named: settings.strategy, settings: values))
        }
      )
    } catch let error as PluginHostError {
      throw StrategyFailure(error, of: settings.strategy)
    }
  }

  /// Quantizes a model by a quantizer at hand.
  package static func run(
    _ model: Model,
    settings: QuantizeSettings,
    quantizer: any Quantizer,
    provenance: Provenance,
    images: any CalibrationImages,
    surroundings: Surroundings,
    candidates: (Int) throws -> QuantizationCandidates? = { _ in nil }
  ) throws -> QuantizeStep {
    let fixed = try model.fixingDefaults().widened()
    let folded = settings.target.foldsBatchNorms ? try fixed.foldingBatchNorms() : fixed
    let planning = try QuantizationPlanning(folded, quantizer, settings, surroundings)
    let plan = planning.plan
    let attempts = try QuantizationAttempts(
      planning,
      quantizer: quantizer,
      settings: settings,
      images: images,
      surroundings: surroundings
    )
    let choice = try plan.tried.map { place in
      guard let candidates = try candidates(place) else {
        throw QuantizationError.unsupported("the choices of a parameter to be tried")
      }
      return try attempts.choose(among: candidates)
    }
    var attempt: QuantizationAttempt
    var (mixed, training): (MixedPrecision?, TrainStep?)
    if let goal = plan.goal {
      (attempt, mixed) = try MixedPrecision.reaching(goal, attempts, surroundings)
    } else {
      attempt = try attempts.attempt()
    }
    if let wanted = plan.training {
      let result = try trained(planning.model, attempt, wanted, settings, surroundings)
      attempt = try attempts.attempt(result.model, attempt.placement, result.scales)
      training = result.step
    }
    let lost = attempt.comparison.outputs.filter { $0.noise.signal.isFinite && !$0.noise.isFinite }
    guard lost.isEmpty else {
      throw QuantizationError.lost(outputs: lost.map(\.name), strategy: provenance.strategy)
    }
    var graph = attempt.graph
    try graph.verify()
    graph.record(quantization: settings, provenance, choice, images: attempts.calibration.images)
    return QuantizeStep(
      before: model,
      after: try model.replacing(graph: graph),
      settings: settings,
      placement: attempt.placement,
      plan: plan,
      scales: attempt.scales,
      layers: attempt.comparison.layers,
      outputs: attempt.comparison.outputs,
      images: (attempts.calibration.images, attempt.comparison.images),
      provenance: provenance,
      training: training,
      equalized: planning.equalized,
      tuning: attempt.tuning,
      choice: choice,
      mixed: mixed
    )
  }
}

extension QuantizeStep {
  /// Trains with rounded values, and takes the rounding out again.
  private static func trained(
    _ model: Model,
    _ attempt: QuantizationAttempt,
    _ training: QuantizationPlan.Training,
    _ settings: QuantizeSettings,
    _ surroundings: Surroundings
  ) throws -> (model: Model, scales: QuantizedScales, step: TrainStep) {
    guard let train = surroundings.train, var how = settings.train else {
      throw QuantizationError.training(strategy: settings.strategy, wanted: true)
    }
    if case .learned(let share) = training {
      how.rates.append(TrainSettings.Rate(pattern: "*/state", factor: share))
    }
    var operators = model.operators
    for entry in FakeQuantization.operators { operators.add(entry) }
    let placement = attempt.placement
    let rounding = QuantizedTraining(
      model.graph,
      placement: placement,
      scales: attempt.scales,
      training: training
    )
    let step = try train(
      Model(model.name, rounding.graph, sizes: model.facts.sizes, operators: operators),
      how
    )
    let (graph, found) = rounding.finished(step.after.graph)
    let finished = try model.replacing(graph: graph)
    var settled = found
    let computation = ScaleComputation(graph: graph, placement: placement)
    for layer in placement.layers { computation.widen(&settled, for: layer) }
    return (finished, settled, step)
  }
}

extension Graph {
  /// Writes down, in the model's metadata, which code quantized it and how.
  fileprivate mutating func record(
    quantization settings: QuantizeSettings,
    _ provenance: Provenance,
    _ choice: QuantizationChoice?,
    images: Int
  ) {
    var members: [JSONValue.Member] = [.init("step", "quantize")]
    members += provenance.members
    members += [
      .init("target", .string(settings.target.name)), .init("skip", JSONValue(settings.skip)),
      .init("images", .int(images)),
    ]
    if let choice { members.append(.init("choice", choice.json)) }
    record(step: members)
  }
}

@available(*, unavailable) extension QuantizeStep.Surroundings: Sendable {}
