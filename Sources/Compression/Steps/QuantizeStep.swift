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

  /// What a step works with.
  package struct Surroundings {
    package var registry: PluginRegistry
    package var device = Device.cpu
    package var seed: UInt64 = 0
    package var progress: (String) -> Void = { _ in }
    package var log: (LogLevel, String) -> Void = { _, _ in }

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
    self.settings = settings
    self.provenance = provenance
    let target = settings.target
    let folded = target.foldsBatchNorms ? try model.foldingBatchNorms() : model
    do {
      (plan, placement) = try Self.placed(folded, quantizer, settings, surroundings)
    } catch let error as PluginError { throw StepFailure.strategy(.plugin(error), settings.mark) }
    let calibration = try Calibration(
      folded,
      values: Set(placement.activations.flatMap(\.sources)),
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
    do {
      scales = try QuantizationSettling(graph: folded.graph, placement: placement)
        .scales(by: quantizer, subject)
    } catch { throw StepFailure.strategy(.plugin(error), settings.mark) }
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
      folded,
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

extension QuantizationPlan {
  /// What is asked for and not there.
  fileprivate var unsupported: String? {
    if equalizes { return "equalization" }
    if correctsBiases { return "correction of biases" }
    if learnsRounding { return "learned rounding" }
    if training != nil { return "training" }
    return nil
  }
}

extension Model {
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
    case .unsupported(let what):
      "the strategy's plan asks for \(what), which this host does not have; choose other parameters"
    }
  }
}
