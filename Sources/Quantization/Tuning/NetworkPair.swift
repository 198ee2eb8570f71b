import Graphs
import Models
import Operators
import PluginKit
import Tensors

/// The float network and the quantized one, halting in front of the same layer over the same images.
struct NetworkPair {
  private let float: StagedExecution
  private let quantized: StagedExecution
  private let nodes: [String: Int]
  private let graph: Graph

  /// Prepares both networks.
  ///
  /// - Parameters:
  ///   - model: the float network.
  ///   - placement: where it is quantized.
  ///   - scales: of the placement; layers whose bias is to be moved have one here.
  ///   - layers: layers in front of which both halt, in the order of execution.
  ///   - inputs: by image.
  ///   - device: where both run.
  /// - Throws: `TensorError` where inputs cannot be brought there.
  init(
    _ model: Model,
    _ placement: QuantizationPlacement,
    _ scales: QuantizedScales,
    _ layers: [QuantizationPlacement.Layer],
    _ inputs: [[String: Tensor]],
    _ device: Device
  ) throws {
    let made = QuantizedGraph(
      model.graph,
      placement: placement,
      scales: scales,
      weights: .restored
    )
    let graph = model.operators.simulatingQuantization(made.graph)
    let places = graph.nodes.enumerated().map { ($0.element.name, $0.offset) }
    let nodes = Dictionary(places) { first, _ in first }
    let results = Set(layers.map(\.output))
    self.nodes = nodes
    self.graph = graph
    float = try StagedExecution(
      model.graph,
      operators: model.operators,
      stops: layers.map(\.node),
      values: results,
      inputs: inputs,
      device: device
    )
    quantized = try StagedExecution(
      graph,
      operators: model.operators.withRounding,
      stops: layers.compactMap { nodes[$0.name] },
      values: results,
      inputs: inputs,
      device: device
    )
  }

  /// The number of images.
  package var count: Int { float.count }

  /// Lets both go on to in front of a layer.
  func advance(to layer: QuantizationPlacement.Layer) throws {
    try float.advance(to: layer.node)
    try quantized.advance(to: node(of: layer))
  }

  /// What the layer reads in the quantized network.
  func input(of layer: QuantizationPlacement.Layer, image: Int) throws -> Tensor {
    try quantized.value(graph.nodes[node(of: layer)].inputs[0], image: image)
  }

  /// What the layer makes in the float network.
  func result(of layer: QuantizationPlacement.Layer, image: Int) throws -> Tensor {
    try float.value(layer.output, image: image)
  }

  /// By how much each output channel of the quantized network lies above the float one's, on average over images and places.
  func shift(of layer: QuantizationPlacement.Layer) throws -> [Float] {
    var sums = [Double](repeating: 0, count: layer.channels)
    for image in 0..<count {
      let made = try quantized.value(layer.output, image: image)
      let error = try made - result(of: layer, image: image)
      let axis = layer.layout.resultAxis(rank: error.rank)
      let others = (0..<error.rank).filter { $0 != axis }
      let means = try error.mean(along: others, as: .float64).doubles()
      for channel in sums.indices { sums[channel] += means[channel] }
    }
    return sums.map { Float($0 / Double(count)) }
  }

  /// The bias that the layer has in the quantized network.
  func bias(of layer: QuantizationPlacement.Layer) throws -> Tensor? {
    let node = graph.nodes[try node(of: layer)]
    let bias = node.input(2).flatMap { graph.constants[$0] }
    return try bias.flatMap { LayerBias.spread($0, over: layer.channels) }.map {
      try Tensor($0, shape: [$0.count])
    }
  }

  /// Gives the layer another weight in the quantized network.
  func set(weight: Constant, of layer: QuantizationPlacement.Layer) throws {
    try quantized.set(graph.nodes[node(of: layer)].inputs[1], to: weight)
  }

  /// Gives the layer another bias in the quantized network.
  func set(bias: [Float], of layer: QuantizationPlacement.Layer) throws {
    let bias = Constant(bias, shape: [bias.count])
    try quantized.set(graph.nodes[node(of: layer)].inputs[2], to: bias)
  }

  private func node(of layer: QuantizationPlacement.Layer) throws -> Int {
    guard let index = nodes[layer.name] else {
      throw OperatorError.mismatch("the quantized graph has no node '\(layer.name)'")
    }
    return index
  }
}
