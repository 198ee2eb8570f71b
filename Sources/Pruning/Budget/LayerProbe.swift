import Files
import Graphs
import ModelFormats
import Models
import Operators

/// A layer of a model, with what runtimes compute along with it, as a network of its own at any width.
///
/// Along with a layer goes what reads its result alone and keeps its sizes: batch norm, activations. The weights are the layer's own,
/// the first channels of each axis.
struct LayerProbe {
  /// The channels that the layer reads, and those that it makes; of a depthwise layer the first says both.
  let input: Width
  let output: Width
  let name: String

  private let model: Model
  private let node: Node
  private let layout: WeightLayout
  private let weight: String
  private let isDepthwise: Bool
  /// How many results each input channel of a depthwise layer has.
  private let multiplier: Int
  private var chain: [Node] = []

  /// A layer with weights that are stored, at known sizes; nil for other nodes, and for layers that no segment makes smaller.
  ///
  /// - Parameters:
  ///   - place: the node's.
  ///   - model: the model.
  ///   - width: how long an axis of a constant is.
  init?(_ place: Int, of model: Model, width: (String, Int) -> Width) {
    let node = model.graph.nodes[place]
    guard let layout = model.operators[node]?.weights, let weight = node.input(layout.weight),
      let shape = model.graph.constants[weight]?.shape, layout.weight > 0,
      let data = node.input(0), model.facts[data].shape != nil,
      let made = node.output(0), let result = model.facts[made].shape
    else { return nil }
    guard layout.form != .product || layout.isPlain(node) && shape.count == 2 else { return nil }
    (self.model, self.node, self.layout, self.weight) = (model, node, layout, weight)
    name = node.label
    let groups = max(layout.groups(node), 1)
    isDepthwise = layout.isDepthwise(node, weight: shape)
    if isDepthwise {
      guard shape[0].isMultiple(of: groups) else { return nil }
      multiplier = shape[0] / groups
      input = width(weight, 0).divided(by: multiplier)
      output = Width(full: 1)
    } else {
      guard let axis = layout.outputAxis(node, rank: shape.count) else { return nil }
      multiplier = 1
      let read = width(weight, layout.inputAxis(node))
      input = layout.inputAxis(node) == 1 ? read.times(groups) : read
      output = width(weight, axis)
    }
    guard !input.parts.isEmpty || !output.parts.isEmpty else { return nil }
    chain = follow(place, result)
  }

  /// The nodes behind the layer that keep its sizes and read nothing else.
  private func follow(_ place: Int, _ result: [Int]) -> [Node] {
    var made = Set(node.outputs)
    var chain: [Node] = []
    for next in model.graph.nodes[(place + 1)...] where chain.count < 12 {
      let read = next.inputs.filter { !$0.isEmpty && model.graph.constants[$0] == nil }
      guard !read.isEmpty, read.allSatisfy(made.contains), next.subgraphs.isEmpty,
        let entry = model.operators[next], entry.weights == nil, next.outputs.count == 1,
        model.facts[next.outputs[0]].shape == result,
        next.inputs.allSatisfy({ isScalable($0) })
      else { continue }
      chain.append(next)
      made.insert(next.outputs[0])
    }
    return chain
  }

  /// Whether a constant, if it is one, holds fractions, which get fewer with the channels.
  private func isScalable(_ name: String) -> Bool {
    model.graph.constants[name]?.type.isFloatingPoint ?? true
  }

  /// Without what goes along with the layer.
  var bare: LayerProbe {
    var bare = self
    bare.chain = []
    return bare
  }

  /// The layer's network at some numbers of channels; names say nothing of where it comes from.
  ///
  /// - Throws: `GraphError` where constants do not fit.
  func network(_ a: Int, _ b: Int) throws(GraphError) -> Graph {
    let b = isDepthwise ? a * multiplier : b
    var drawing = ProbeDrawing(model)
    let own = isDepthwise ? layout.regrouped(node, groups: a) : node
    for (index, name) in node.inputs.enumerated() where !name.isEmpty {
      if let constant = model.graph.constants[name] {
        drawing.add(name, try cut(constant, at: index, a, b))
      } else {
        var sizes = model.facts[name].shape ?? []
        let channels = layout.form == .product ? sizes.count - 1 : 1
        if index == 0, sizes.indices.contains(channels) { sizes[channels] = a }
        drawing.addInput(name, sizes)
      }
    }
    drawing.add(own)
    let rank = model.facts[node.outputs[0]].shape?.count ?? 0
    for next in chain {
      for name in next.inputs {
        guard let constant = model.graph.constants[name] else { continue }
        drawing.add(name, try follows(constant, rank: rank, b))
      }
      drawing.add(next)
    }
    return drawing.finished()
  }

  /// A constant of the layer itself.
  private func cut(
    _ constant: Constant,
    at index: Int,
    _ a: Int,
    _ b: Int
  ) throws(GraphError) -> Constant {
    if index == layout.weight {
      if isDepthwise { return try constant.keeping([0: Array(0..<b)]) }
      let axis = layout.inputAxis(node)
      let read = axis == 1 ? a / max(layout.groups(node), 1) : a
      let made = layout.outputAxis(node, rank: constant.shape.count) ?? 0
      return try constant.keeping([axis: Array(0..<read), made: Array(0..<b)])
    }
    guard index == layout.bias, let last = constant.shape.last, last > 1 else { return constant }
    return try constant.keeping([constant.shape.count - 1: Array(0..<b)])
  }

  /// A constant behind the layer: the axis that meets the result's channels, or the only one, gets as long as they are many.
  private func follows(_ constant: Constant, rank: Int, _ b: Int) throws(GraphError) -> Constant {
    let made = layout.outputAxis(node, rank: model.graph.constants[weight]?.shape.count ?? 0) ?? 0
    let full = model.graph.constants[weight]?.shape[isDepthwise ? 0 : made] ?? b
    let aligned = layout.resultAxis(rank: rank) - rank + constant.shape.count
    let axis = constant.shape.count == 1 ? 0 : aligned
    guard constant.shape.indices.contains(axis), constant.shape[axis] == full, full > 1 else {
      return constant
    }
    return try constant.keeping([axis: Array(0..<b)])
  }

  /// What times are kept under: the hash of a network without its weights.
  ///
  /// - Throws: `ONNXError` where there is no such file.
  static func key(of graph: Graph) throws -> String {
    var bare = graph
    for name in graph.constants.names {
      guard let constant = graph.constants[name] else { continue }
      bare.inputs.append(ValueInfo(name, constant.type, Shape(constant.shape)))
    }
    bare.constants = [:]
    let bytes = try ONNX.encode(bare)
    return SHA256.hexadecimal(of: bytes.elements(as: UInt8.self).span)
  }
}

/// A small graph while it is made of parts of another, its names by order.
private struct ProbeDrawing {
  private let model: Model
  private var graph: Graph
  private var names: [String: String] = [:]
  private var inner: Set<String> = []

  init(_ model: Model) {
    self.model = model
    graph = Graph(name: "layer")
    graph.model.opsets = model.graph.model.opsets
    graph.model.irVersion = model.graph.model.irVersion
  }

  mutating func add(_ name: String, _ constant: Constant) {
    graph.constants[renamed(name)] = constant
  }

  mutating func addInput(_ name: String, _ sizes: [Int]) {
    guard names[name] == nil else { return }
    graph.inputs.append(
      ValueInfo(renamed(name), model.facts[name].element ?? .float32, Shape(sizes))
    )
  }

  mutating func add(_ node: Node) {
    var node = node
    for input in node.inputs { inner.insert(input) }
    node.inputs = node.inputs.map { $0.isEmpty ? "" : renamed($0) }
    node.outputs = node.outputs.map { $0.isEmpty ? "" : renamed($0) }
    node.name = "node\(graph.nodes.count)"
    graph.nodes.append(node)
  }

  /// The graph, whose outputs are what no node of it reads.
  func finished() -> Graph {
    var graph = graph
    for (name, short) in names.sorted(by: { $0.value < $1.value })
    where !inner.contains(name) && graph.constants[short] == nil {
      graph.outputs.append(ValueInfo(short, model.facts[name].element ?? .float32))
    }
    return graph
  }

  private mutating func renamed(_ name: String) -> String {
    if let known = names[name] { return known }
    let short = "v\(names.count)"
    names[name] = short
    return short
  }
}
