import Graphs
import Operators

/// A small graph whose values' shapes are stated by hand, so that no shape rule takes part.
struct ChannelNetwork {
  var graph = Graph(model: ModelInfo(opsets: ["": 22]))
  private var shapes: [String: [Int]] = [:]
  private var made = 0

  init(_ inputs: [(name: String, shape: [Int])] = [("x", [1, 3, 4, 4])]) {
    for input in inputs {
      graph.inputs.append(ValueInfo(input.name, .float32, Shape(input.shape)))
      shapes[input.name] = input.shape
    }
  }

  /// Adds a constant whose elements count up from 1.
  @discardableResult
  mutating func weight(_ name: String, _ shape: [Int]) -> String {
    let count = shape.reduce(1, *)
    graph.constants[name] = Constant((0..<count).map { Float($0 + 1) }, shape: shape)
    return name
  }

  /// Adds whole numbers as a constant.
  mutating func integers(_ name: String, _ values: [Int]) -> String {
    graph.constants[name] = Constant(values)
    return name
  }

  /// Adds a node whose outputs are named after it; the first is returned.
  @discardableResult
  mutating func node(
    _ op: String,
    _ name: String,
    _ inputs: [String],
    _ shapes: [Int]...,
    attributes: NamedTable<Attribute> = [:]
  ) -> String {
    let outputs = shapes.indices.map { $0 == 0 ? name : "\(name).\($0)" }
    for (output, shape) in zip(outputs, shapes) { self.shapes[output] = shape }
    graph.nodes.append(
      Node(op, name: name, inputs: inputs, outputs: outputs, attributes: attributes)
    )
    return name
  }

  /// Adds a 1×1 convolution with the weight `<name>.w`, keeping the map's size.
  @discardableResult
  mutating func conv(
    _ name: String,
    _ input: String,
    _ filters: Int,
    groups: Int = 1,
    bias: Bool = false
  ) -> String {
    let old = shapes[input] ?? []
    var inputs = [input, weight("\(name).w", [filters, old[1] / groups, 1, 1])]
    if bias { inputs.append(weight("\(name).b", [filters])) }
    return node(
      "Conv",
      name,
      inputs,
      [old[0], filters] + old[2...],
      attributes: groups == 1 ? [:] : ["group": .int(groups)]
    )
  }

  /// Adds a node that gives its input's shape.
  @discardableResult
  mutating func same(
    _ op: String,
    _ name: String,
    _ inputs: [String],
    attributes: NamedTable<Attribute> = [:]
  ) -> String {
    node(op, name, inputs, shapes[inputs[0]] ?? [], attributes: attributes)
  }

  /// Closes the graph with a convolution of two filters, whose map is the output.
  mutating func finish(_ value: String) -> ChannelGroups {
    returning([conv("last", value, 2)])
  }

  /// Closes the graph with the outputs named.
  mutating func returning(_ outputs: [String]) -> ChannelGroups {
    graph.outputs = outputs.map { ValueInfo($0) }
    return groups
  }

  var groups: ChannelGroups {
    let shapes = shapes
    let constants = graph.constants
    return ChannelGroups(graph, operators: Self.operators) { name in
      constants[name].map { ValueFacts($0) } ?? shapes[name].map { ValueFacts(.float32, $0) }
    }
  }

  /// The edits that take some positions of a group out.
  func edits(_ group: String, removing positions: [Int]) -> [GraphEdit] {
    let groups = groups
    let classes = positions.compactMap { groups[group]?.classes[$0] }
    return groups.analysis.edits(removing: Set(classes), from: graph)
  }

  /// The standard operators' rules for channels, over the shapes that a test states.
  private static let operators: OperatorSet = {
    var set = OperatorSet()
    for entry in OperatorSet.standard.names.compactMap({ OperatorSet.standard[name: $0] }) {
      set.add(
        Operator(
          entry.name,
          shapes: { (_) throws(OperatorError) in [] },
          channels: entry.channels,
          weights: entry.weights
        )
      )
    }
    return set
  }()
}
