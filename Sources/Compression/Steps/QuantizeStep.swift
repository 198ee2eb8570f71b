import Graphs
import Operators
package import PluginHost
package import PluginKit
package import Tensors

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

  /// What a step works with.
  package struct Surroundings {
    package var registry: PluginRegistry
    package var device = Device.cpu
    package var seed: UInt64 = 0
    package var progress: (String) -> Void = { _ in }
    package var log: (LogLevel, String) -> Void = { _, _ in }
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
  /// - Throws: ``StepFailure``, ``QuantizationError``, ``CalibrationError``; what images or runtime refuse.
  package init(
    _ model: Model,
    settings: QuantizeSettings,
    images: any CalibrationImages,
    surroundings: Surroundings
  ) throws {
    let quantizer: PluginQuantizer
    do {
      quantizer = try surroundings.registry.quantizer(
        named: settings.strategy,
        settings: settings.values
      )
    } catch { throw StepFailure.strategy(error, settings.mark) }
    try self.init(
      model,
      settings: settings,
      quantizer: quantizer,
      provenance: quantizer.provenance,
      images: images,
      surroundings: surroundings
    )
  }

  /// Quantizes a model by a quantizer at hand.
  package init(
    _ model: Model,
    settings: QuantizeSettings,
    quantizer: any Quantizer,
    provenance: Provenance,
    images: any CalibrationImages,
    surroundings: Surroundings
  ) throws {
    before = model
    let fixed = try model.fixingDefaults()
    self.settings = settings
    self.provenance = provenance
    let target = settings.target
    var folded = target.foldsBatchNorms ? try fixed.foldingBatchNorms() : fixed
    do {
      (plan, placement) = try Self.placed(folded, quantizer, settings, surroundings)
    } catch let error as PluginError { throw StepFailure.strategy(.plugin(error), settings.mark) }
    let sources = Set(placement.activations.flatMap(\.sources))
    let given = try images.count > 0 ? Set(images.inputs(0).keys) : []
    let calibration = try Calibration(
      folded.part(given: given, computing: sources),
      values: sources,
      images: images,
      device: surroundings.device
    ) { surroundings.progress("\($0) of \($1) images calibrated") }
    let subject = QuantizationSubject(
      folded.graph,
      placement: placement,
      calibration: calibration,
      seed: surroundings.seed,
      log: surroundings.log
    )
    var settled: QuantizedScales
    do {
      settled = try QuantizationSettling(graph: folded.graph, placement: placement)
        .scales(by: quantizer, subject)
    } catch { throw StepFailure.strategy(.plugin(error), settings.mark) }
    if let training = plan.training {
      let result = try Self.trained(folded, placement, settled, training, settings, surroundings)
      (folded, settled, self.training) = (result.model, result.scales, result.step)
    } else {
      self.training = nil
    }
    scales = settled
    let made = QuantizedGraph(folded.graph, placement: placement, scales: scales)
    var graph = made.graph
    try graph.verify()
    graph.record(quantization: settings, provenance, images: calibration.images)
    after = try Model(
      model.name,
      graph,
      sizes: model.facts.sizes,
      operators: model.operators
    )
    let comparison = try QuantizationComparison(
      folded.part(given: given, computing: sources),
      placement: placement,
      scales: scales,
      weightPower: made.weightPower,
      calibration: calibration,
      images: images,
      device: surroundings.device
    )
    layers = comparison.layers
    outputs = comparison.outputs
    self.images = (calibration.images, comparison.images)
  }

  /// The strategy's plan, and the placement that follows from it.
  private static func placed(
    _ model: Model,
    _ quantizer: any Quantizer,
    _ settings: QuantizeSettings,
    _ surroundings: Surroundings
  ) throws -> (QuantizationPlan, QuantizationPlacement) {
    func placement(leaving names: Set<String> = []) -> QuantizationPlacement {
      QuantizationPlacement(
        model.graph,
        operators: model.operators,
        target: settings.target
      ) { node in
        if names.contains(node.name) { return "left float by the strategy" }
        return settings.skips([node.name] + node.inputs.dropFirst().filter { !$0.isEmpty })
      }
    }
    let whole = placement()
    guard !whole.layers.isEmpty else {
      throw QuantizationError.nothing(
        model: model.name,
        reasons: whole.floats.map { "\($0.name): \($0.reason)" }
      )
    }
    let subject = QuantizationSubject(
      model.graph,
      placement: whole,
      seed: surroundings.seed,
      log: surroundings.log
    )
    let plan = try quantizer.plan(for: subject)
    if let lacking = plan.unsupported { throw QuantizationError.unsupported(lacking) }
    guard (plan.training == nil) == (settings.train == nil) else {
      throw QuantizationError.training(strategy: settings.strategy, wanted: plan.training != nil)
    }
    guard !plan.leftFloat.isEmpty else { return (plan, whole) }
    var names: Set<String> = []
    for index in plan.leftFloat where subject.tensors.indices.contains(index) {
      let tensor = subject.tensors[index]
      if let layer = subject.layer(tensor) {
        names.insert(layer.name)
      } else {
        let values = whole.activation(of: tensor.name)?.values ?? []
        names.formUnion(whole.layers.filter { values.contains($0.input) }.map(\.name))
      }
    }
    return (plan, placement(leaving: names))
  }
}

extension QuantizeStep {
  /// Trains with rounded values, and takes the rounding out again.
  private static func trained(
    _ model: Model,
    _ placement: QuantizationPlacement,
    _ scales: QuantizedScales,
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
    let rounding = QuantizedTraining(
      model.graph,
      placement: placement,
      scales: scales,
      training: training
    )
    let step = try train(
      Model(model.name, rounding.graph, sizes: model.facts.sizes, operators: operators),
      how
    )
    let (graph, found) = rounding.finished(step.after.graph)
    let finished = try Model(
      model.name,
      graph,
      sizes: model.facts.sizes,
      operators: model.operators
    )
    var settled = found
    let settling = QuantizationSettling(graph: graph, placement: placement)
    for layer in placement.layers { settling.widen(&settled, for: layer) }
    return (finished, settled, step)
  }
}

extension QuantizationPlan {
  /// What is asked for and not there.
  fileprivate var unsupported: String? {
    if equalizes { return "equalization" }
    if correctsBiases { return "correction of biases" }
    if learnsRounding { return "learned rounding" }
    return nil
  }
}

extension Model {
  /// The model with inputs that have a default fixed to it, as older files list every weight.
  package func fixingDefaults() throws -> Model {
    guard graph.requiredInputs.count < graph.inputs.count else { return self }
    var graph = graph
    graph.inputs = graph.requiredInputs
    return try Model(name, graph, sizes: facts.sizes, operators: operators)
  }

  /// The model with batch norms folded into convolutions.
  package func foldingBatchNorms() throws -> Model {
    try Model(
      name,
      try operators.foldingBatchNorms(graph),
      sizes: facts.sizes,
      operators: operators
    )
  }
}

extension Graph {
  /// Writes down, in the model's metadata, which code quantized it and how.
  fileprivate mutating func record(
    quantization settings: QuantizeSettings,
    _ provenance: Provenance,
    images: Int
  ) {
    var number = 0
    while model.metadata["\(Self.provenancePrefix)\(number)"] != nil { number += 1 }
    var members: [JSONValue.Member] = [.init("step", "quantize")]
    members += provenance.members
    members += [
      .init("target", .string(settings.target.name)), .init("skip", JSONValue(settings.skip)),
      .init("images", .int(images)),
    ]
    model.metadata["\(Self.provenancePrefix)\(number)"] = JSONValue.object(members).line
  }
}

@available(*, unavailable) extension QuantizeStep.Surroundings: Sendable {}

/// Why a model cannot be quantized as asked.
package enum QuantizationError: Error, Sendable, Hashable {
  /// No layer is left to quantize.
  case nothing(model: String, reasons: [String])
  /// A plan asks for what this host does not have.
  case unsupported(String)
  /// A strategy trains and is not told how, or is told and does not train.
  case training(strategy: String, wanted: Bool)
}

extension QuantizationError: CustomStringConvertible {
  /// What was found, and the cure.
  package var description: String {
    switch self {
    case .nothing(let model, let reasons):
      "\(model) has no layer to quantize for this target"
        + (reasons.isEmpty
          ? ": it has no convolution or product with a constant weight"
          : ": \(reasons.prefix(5).joined(separator: "; "))")
    case .training(let strategy, true):
      "the strategy '\(strategy)' trains: use it in a recipe with 'task' and 'data', and say how long, such as "
        + "'- quantize: {strategy: \(strategy), train: {epochs: 10, learning_rate: 0.0001}}'"
    case .training(let strategy, false):
      "the strategy '\(strategy)' does not train: take 'train' away, or name one that does, such as aware"
    case .unsupported(let what):
      "the strategy's plan asks for \(what), which this host does not have; choose other parameters"
    }
  }
}
