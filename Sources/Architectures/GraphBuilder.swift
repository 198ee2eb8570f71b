import Graphs

/// A graph in the making: a layer takes values in, adds its nodes and parameters, and gives its value out.
struct GraphBuilder {
  /// A feature map: its name, its channels, and how many input pixels one of its pixels spans each way.
  struct Value: Sendable, Hashable {
    let name: String
    let channels: Int
    let stride: Int
  }

  /// A trained tensor, known by shape and initialisation until the graph is finished.
  private struct Parameter {
    let name: String
    let shape: [Int]
    let start: Initializer
    var count: Int { shape.reduce(1, *) }
  }

  private var nodes: [Node] = []
  private var parameters: [Parameter] = []
  private var literals: NamedTable<Constant> = [:]

  /// Adds a trained tensor and returns its name.
  mutating func parameter(_ name: String, _ shape: [Int], _ start: Initializer) -> String {
    parameters.append(Parameter(name: name, shape: shape, start: start))
    return name
  }

  /// Adds a constant that is part of the structure, such as scales and sizes, and returns its name.
  mutating func literal(_ name: String, _ constant: Constant) -> String {
    literals[name] = constant
    return name
  }

  /// Adds a node that makes one value, called like the node unless `output` says otherwise.
  mutating func apply(
    _ op: String,
    _ name: String,
    _ inputs: [String],
    _ attributes: NamedTable<Attribute> = [:],
    output: String? = nil
  ) -> String {
    apply(op, name, inputs, attributes, outputs: [output ?? name])
    return output ?? name
  }

  /// Adds a node.
  mutating func apply(
    _ op: String,
    _ name: String,
    _ inputs: [String],
    _ attributes: NamedTable<Attribute> = [:],
    outputs: [String]
  ) {
    nodes.append(Node(op, name: name, inputs: inputs, outputs: outputs, attributes: attributes))
  }

  /// The finished graph, in ONNX's operators of version 22.
  func graph(
    name: String,
    inputs: [ValueInfo],
    outputs: [ValueInfo],
    weights: Weights
  ) -> Graph {
    var constants = literals
    switch weights {
    case .seeded(let seed):
      for each in parameters {
        let bytes = each.start.values(count: each.count, seed: seed, name: each.name)
        constants[each.name] = Constant(type: .float32, shape: each.shape, bytes: bytes)
      }
    case .structureOnly:
      let zeros = SharedZeros(count: 4 * (parameters.map(\.count).max() ?? 0))
      for each in parameters {
        let bytes = zeros.prefix(4 * each.count)
        constants[each.name] = Constant(type: .float32, shape: each.shape, bytes: bytes)
      }
    }
    return Graph(
      name: name,
      nodes: nodes,
      inputs: inputs,
      outputs: outputs,
      constants: constants,
      model: ModelInfo(opsets: ["": 22], irVersion: 10, producer: "espalier")
    )
  }
}
