import Datasets
package import Evaluation
import Graphs
package import Models
import Operators
package import PluginKit
import Tensors

/// Learned rounding of weights and moved biases, layer by layer in the order of execution.
///
/// The float network and the quantized one go over the images side by side. What a layer of the quantized network reads has
/// the errors of all layers before, as they are after tuning, so that each layer makes up for what it can. Memory is bounded:
/// what lies between two layers for as many images as fit ``memory``, and ``rowMemory`` for what rounding is learned from.
package struct WeightTuning {
  /// How the rounding of one layer went.
  package struct Learned: Sendable, Hashable {
    package let layer: String
    /// Squared error of the layer's results at one place, with rounding to nearest and with the learned one.
    package let nearest: Double
    package let learned: Double
  }

  /// What tuning did.
  package struct Record: Sendable, Hashable {
    /// Layers whose rounding was learned, in order.
    package var learned: [Learned] = []
    /// Layers whose bias was moved, in order.
    package var corrected: [String] = []
  }

  private let model: Model
  private let placement: QuantizationPlacement
  private let plan: QuantizationPlan
  private let device: Device
  private let seed: UInt64

  /// Bytes that the values of all images together may take between two layers, in both networks.
  package static let memory = 1 << 30
  /// Bytes of rows that one layer's rounding is learned from.
  private static let rowMemory = 64 << 20
  private static let mostRows = 16384

  /// What was done so far.
  package private(set) var record = Record()

  /// Prepares the tuning of a float network's quantization.
  package init(
    _ model: Model,
    placement: QuantizationPlacement,
    plan: QuantizationPlan,
    seed: UInt64 = 0,
    device: Device = .cpu
  ) {
    self.model = model
    self.placement = placement
    self.plan = plan
    self.seed = seed
    self.device = device
  }

  /// The scales with numbers and biases tuned.
  ///
  /// - Parameters:
  ///   - scales: of the placement; numbers that it holds already are kept as they are.
  ///   - images: what both networks run over.
  ///   - tell: told what is being done.
  /// - Returns: the same scales with `numbers` and `biases` filled in.
  /// - Throws: what images or runtime refuse.
  package mutating func tuned(
    _ scales: QuantizedScales,
    images: any CalibrationImages,
    tell: (RunEvent) -> Void = { _ in }
  ) throws -> QuantizedScales {
    var scales = scales
    let graph = model.graph
    var products: [String: LayerProduct] = [:]
    for layer in placement.layers where plan.learnsRounding && scales.numbers[layer.name] == nil {
      products[layer.name] = product(of: layer)
    }
    if plan.correctsBiases {
      for layer in placement.layers { scales.biases[layer.name] = graph.movableBias(of: layer) }
    }
    let layers = placement.layers.filter {
      products[$0.name] != nil || scales.biases[$0.name] != nil
    }
    guard !layers.isEmpty else { return scales }
    let pair = try NetworkPair(model, placement, scales, layers, inputs(of: images, layers), device)
    for (index, layer) in layers.enumerated() {
      tell(.work(.tuning(layer: layer.name), done: index + 1, of: layers.count))
      try pair.advance(to: layer)
      if let product = products[layer.name] {
        scales.numbers[layer.name] = try learn(layer, product, scales, pair)
      }
      if let bias = scales.biases[layer.name] {
        // Without the rounding of the bias itself, which is done once, in the end.
        try pair.set(bias: bias, of: layer)
        let moved = zip(bias, try pair.shift(of: layer)).map { $0 - $1 }
        try pair.set(bias: moved, of: layer)
        scales.biases[layer.name] = moved
        record.corrected.append(layer.name)
      }
    }
    return scales
  }

  /// The layer as a product, where its weight is its own.
  private func product(of layer: QuantizationPlacement.Layer) -> LayerProduct? {
    let readers = model.graph.nodes.filter { $0.inputs.contains(layer.weight) }
    guard readers.count == 1, let weight = model.graph.constants[layer.weight] else { return nil }
    return LayerProduct(model.graph.nodes[layer.node], layer.layout, weight: weight.shape)
  }

  /// Whether a rectifier alone reads a value.
  private func isRectified(_ value: String) -> Bool {
    let readers = model.graph.nodes.filter { $0.inputs.contains(value) }
    return readers.count == 1 && model.operators[readers[0]]?.traits.contains(.rectifies) == true
      && !model.graph.outputs.contains { $0.name == value }
  }

  /// Images taken evenly from all, as many as fit.
  private func inputs(
    of images: any CalibrationImages,
    _ layers: [QuantizationPlacement.Layer]
  ) throws -> [[String: Tensor]] {
    let bytes = 2 * StagedExecution.bytes(of: model, stops: layers.map(\.node))
    let fitting = max(1, Self.memory / max(1, bytes))
    let count = min(images.count, plan.tuningImages, fitting)
    return try (0..<count).map { try images.inputs($0 * images.count / count) }
  }

  /// Learns the rounding of a layer in front of which both networks halt.
  private mutating func learn(
    _ layer: QuantizationPlacement.Layer,
    _ product: LayerProduct,
    _ scales: QuantizedScales,
    _ pair: NetworkPair
  ) throws -> Constant? {
    guard let constant = model.graph.constants[layer.weight],
      let steps = scales.weights[layer.name]
    else { return nil }
    let all = steps.count == 1 ? [Float](repeating: steps[0], count: product.channels) : steps
    let weight = try constant.tensor(on: device)
    let most = min(Self.mostRows, max(256, Self.rowMemory / (4 * product.width * product.groups)))
    var (rows, results): ([Tensor], [Tensor]) = ([], [])
    for image in 0..<pair.count {
      let result = try pair.result(of: layer, image: image)
      let places = try DrawnPlaces.indices(
        product.placeCount(result),
        most: most / pair.count,
        random: SampleRandom(
          seed: seed,
          round: layer.node,
          sample: image,
          purpose: 0x504C_4143
        ),
        on: device
      )
      rows.append(try product.rows(pair.input(of: layer, image: image), at: places))
      results.append(try product.results(result, at: places))
    }
    var random = SampleRandom(seed: seed, round: layer.node, sample: 0, purpose: 0x524F_554E)
    let bias = try pair.bias(of: layer)
    let rounding = try LearnedRounding(
      .init(
        weight: product.matrix(weight),
        scale: product.column(Tensor(all, shape: [all.count]).moved(to: device)),
        bias: try bias?.reshaped([product.groups, 1, product.channels / product.groups]),
        rows: Tensor.concatenated(rows, along: 1),
        results: Tensor.concatenated(results, along: 1),
        isRectified: isRectified(layer.output)
      ),
      iterations: plan.roundingIterations,
      random: &random
    )
    record.learned.append(
      Learned(layer: layer.name, nearest: rounding.loss.nearest, learned: rounding.loss.learned)
    )
    let numbers = try product.weight(rounding.numbers).converted(to: .int8).moved(to: .cpu)
      .constant()
    let restored = QuantizedWeight(constant, axis: layer.axis, scales: steps, chosen: numbers)
    try pair.set(weight: restored.restored(axis: layer.axis), of: layer)
    return numbers
  }
}

extension Graph {
  /// A layer's bias, zeros where it could have one and has none; nil where none can be given to it.
  fileprivate func movableBias(of layer: QuantizationPlacement.Layer) -> [Float]? {
    let node = nodes[layer.node]
    guard layer.layout.bias != nil, layer.layout.biasFactor(node) == 1 else { return nil }
    if let bias = bias(of: layer) { return bias }
    return node.input(2) == nil ? [Float](repeating: 0, count: layer.channels) : nil
  }
}
