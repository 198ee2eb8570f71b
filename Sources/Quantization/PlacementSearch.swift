import Graphs
import Operators
import PluginKit

/// The search behind ``QuantizationPlacement``: from layers to the values that must be whole numbers for them.
struct PlacementSearch {
  private let graph: Graph
  private let operators: OperatorSet
  private let target: QuantizationTarget
  private let producers: [String: Int]
  private let consumers: [String: [Int]]
  private let returned: Set<String>

  private(set) var layers: [QuantizationPlacement.Layer] = []
  private(set) var floats: [QuantizationPlacement.FloatLayer] = []
  private(set) var tail: DecodeTail

  private var places: Set<Int> = []
  /// Values wanted as whole numbers, in the order of asking.
  private var wanted: [String] = []
  private var isWanted: Set<String> = []
  /// For each value, one that it shares its scale with; chains end at a root.
  private var parents: [String: String] = [:]
  /// Values that only move others' elements.
  private var moved: Set<String> = []

  init(_ graph: Graph, operators: OperatorSet, target: QuantizationTarget) {
    self.graph = graph
    self.operators = operators
    self.target = target
    producers = graph.producers()
    consumers = graph.consumers()
    returned = Set(graph.outputs.map(\.name))
    let layers = graph.nodes.indices.filter { graph.hasWeight(at: $0, operators) }
    tail = DecodeTail(graph, layers: Set(layers), operators: operators)
  }

  mutating func run(leavingFloat reason: (Node) -> String?) {
    let computed = graph.valuesOfConstants()
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      guard graph.hasWeight(at: index, operators) else {
        if let reason = weightless(node, computed) {
          floats.append(.init(name: node.name, op: node.op, reason: reason))
        }
        continue
      }
      if let reason = refusal(index) ?? reason(node) {
        floats.append(.init(name: node.name, op: node.op, reason: reason))
      } else if let layer = layer(at: index) {
        if layer.bias == nil, node.input(2) != nil, target.hasWholeBias {
          let reason = "its bias is not a constant with one number an output channel"
          floats.append(.init(name: node.name, op: node.op, reason: reason))
          continue
        }
        layers.append(layer)
        places.insert(index)
      }
    }
    for layer in layers {
      want(layer.input)
      if target.needsResults { want(end(of: layer.output)) }
    }
    var next = 0
    while next < wanted.count {
      follow(wanted[next])
      next += 1
    }
  }

  /// The wanted values by scale, each with those that its range is taken from.
  func activations() -> [QuantizationPlacement.Activation] {
    var members: [String: [String]] = [:]
    var order: [String] = []
    for value in wanted {
      let root = root(of: value)
      if members[root] == nil { order.append(root) }
      members[root, default: []].append(value)
    }
    return order.map { root in
      let values = members[root] ?? []
      let sources = values.filter { !moved.contains($0) }
      let name = (sources.isEmpty ? values : sources)[0]
      return .init(name: name, values: values, sources: sources.isEmpty ? values : sources)
    }
  }

  // MARK: Layers

  /// Why a layer has no weight that could be quantized; nil for what multiplies two computed values.
  private func weightless(_ node: Node, _ computed: [String: String]) -> String? {
    guard operators[node]?.quantization == .weighted, let weight = node.input(1),
      node.input(0).map({ graph.constants[$0] == nil && computed[$0] == nil }) ?? false
    else { return nil }
    if let constant = graph.constants[weight] {
      return constant.type == .float32 ? nil : "its weight '\(weight)' is \(constant.type)"
    }
    return computed[weight].map { "its weight '\(weight)' is computed from constants by \($0)" }
  }

  private func refusal(_ index: Int) -> String? {
    let node = graph.nodes[index]
    if tail.integrals.contains(index) { return "decoding: it weighs the places of a distribution" }
    if let form = operators[node]?.weights?.form, !target.weighted.contains(form) {
      return "\(target.name) computes \(node.op) in floats"
    }
    if tail.heads.contains(index), target.heads == .float {
      return "its result leaves the network"
    }
    return nil
  }

  private func layer(at index: Int) -> QuantizationPlacement.Layer? {
    let node = graph.nodes[index]
    guard let input = node.input(0), let weight = node.input(1), let output = node.output(0),
      let constant = graph.constants[weight], let layout = operators[node]?.weights,
      let axis = layout.outputAxis(node, rank: constant.shape.count)
    else { return nil }
    let bias = node.input(2).flatMap { name in
      graph.constants[name].flatMap { LayerBias.spread($0, over: constant.shape[axis]) } == nil
        ? nil : name
    }
    return .init(
      node: index,
      name: node.name,
      op: node.op,
      layout: layout,
      weight: weight,
      axis: axis,
      channels: constant.shape[axis],
      isPerChannel: target.isPerChannel(layout.form),
      bias: bias,
      input: input,
      output: output
    )
  }

  /// The value behind a layer's fused activation.
  private func end(of value: String) -> String {
    guard let activation = fusedReader(of: value) else { return value }
    return graph.nodes[activation].outputs[0]
  }

  private func fusedReader(of value: String) -> Int? {
    guard !returned.contains(value), let readers = consumers[value] else { return nil }
    if readers.count == 1, let reader = operators[graph.nodes[readers[0]]], target.fuses(reader) {
      return readers[0]
    }
    return swish(of: value, readers)
  }

  /// The product in x · sigmoid(x), where the target fuses it.
  private func swish(of value: String, _ readers: [Int]) -> Int? {
    // Swish clips nothing.
    guard readers.count == 2, !target.fusesByRange else { return nil }
    let (sigmoid, product) = (readers[0], readers[1])
    guard Activation.isSwish(graph.nodes[sigmoid], graph.nodes[product]),
      consumers[graph.nodes[sigmoid].outputs[0]] == [product]
    else { return nil }
    return product
  }

  // MARK: Values

  private func rule(_ index: Int) -> QuantizationRule {
    let node = graph.nodes[index]
    return operators[node]?.quantization.resolved(for: node, in: graph) ?? .float
  }

  private mutating func want(_ value: String) {
    guard graph.constants[value] == nil, isWanted.insert(value).inserted else { return }
    wanted.append(value)
  }

  /// Asks for what makes a wanted value, where the target computes that in whole numbers.
  private mutating func follow(_ value: String) {
    guard let index = producers[value], !places.contains(index), !tail.nodes.contains(index) else {
      return
    }
    let node = graph.nodes[index]
    let rule = rule(index)
    guard target.computes.contains(rule) || rule == .activation else { return }
    let inputs = node.inputs.filter { !$0.isEmpty && graph.constants[$0] == nil }
    switch rule {
    case .moving:
      guard let input = node.input(0), graph.constants[input] == nil else { return }
      moved.insert(value)
      share(input, with: value)
    case .joining:
      guard inputs.count == node.inputs.count else { return }
      guard target.sharesJoined else { return inputs.forEach { want($0) } }
      moved.insert(value)
      for input in inputs { share(input, with: value) }
    case .arithmetic:
      guard inputs.count == 2, node.inputs.count == 2 else { return }
      if let source = fusedSource(of: index) {
        return followFused(source)
      }
      for input in addends(inputs) { want(input) }
    case .averaging:
      inputs.prefix(1).forEach { want($0) }
    case .activation:
      guard let input = node.input(0) else { return }
      if fusedReader(of: input) == index { return followFused(input) }
      if target.computes.contains(.activation) { want(input) }
    default: return
    }
  }

  /// The value x of a fused x · sigmoid(x).
  private func fusedSource(of product: Int) -> String? {
    graph.nodes[product].inputs.first { fusedReader(of: $0) == product }
  }

  /// What stands before a fused function, if that is no layer, decides what else is wanted.
  private mutating func followFused(_ input: String) {
    guard let source = producers[input], !places.contains(source) else { return }
    follow(input)
  }

  /// The inputs of a sum that are quantized by themselves.
  private func addends(_ inputs: [String]) -> [String] {
    switch target.sums {
    case .none: return []
    case .all: return inputs
    case .others:
      // One branch may be a layer that adds the other while it writes its result.
      let taking = inputs.firstIndex { value in
        producers[value].map(places.contains) == true && consumers[value]?.count == 1
      }
      return inputs.enumerated().filter { $0.offset != taking }.map(\.element)
    }
  }

  private mutating func share(_ input: String, with value: String) {
    want(input)
    let (a, b) = (root(of: input), root(of: value))
    if a != b { parents[b] = a }
  }

  private func root(of value: String) -> String {
    var value = value
    while let parent = parents[value] { value = parent }
    return value
  }
}

extension Graph {
  /// Whether a node multiplies a computed value by a constant weight with output channels.
  func hasWeight(at index: Int, _ operators: OperatorSet) -> Bool {
    let node = nodes[index]
    guard operators[node]?.quantization == .weighted, let input = node.input(0),
      constants[input] == nil, let name = node.input(1), let weight = constants[name],
      weight.type == .float32, let layout = operators[node]?.weights
    else { return false }
    return layout.outputAxis(node, rank: weight.shape.count) != nil
  }

  /// Values that are made of constants alone, each with the node that makes it.
  func valuesOfConstants() -> [String: String] {
    var made: [String: String] = [:]
    for node in nodes where node.subgraphs.isEmpty {
      let read = node.inputs.filter { !$0.isEmpty }
      guard !read.isEmpty, read.allSatisfy({ constants[$0] != nil || made[$0] != nil }) else {
        continue
      }
      for output in node.outputs { made[output] = node.label }
    }
    return made
  }
}
