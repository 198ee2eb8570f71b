package import Graphs

extension OperatorSet {
  /// Opsets that are read: older ones have other rules for broadcasting, newer ones are not written yet.
  ///
  /// An older model is read too where none of its operators changed from there to opset 7.
  package static let readable = 7...28

  /// The opsets in which operators took the form that they have in opset 7, if not with their first.
  private static let changes: [String: Int] = [
    "Abs": 6, "Add": 7, "And": 7, "AveragePool": 7, "BatchNormalization": 7, "Cast": 6, "Ceil": 6,
    "Clip": 6, "Concat": 4, "Div": 7, "Dropout": 7, "Elu": 6, "Equal": 7, "Exp": 6, "Floor": 6,
    "GRU": 7, "Gemm": 7, "GlobalLpPool": 2, "Greater": 7, "HardSigmoid": 6,
    "InstanceNormalization": 6, "LSTM": 7, "LeakyRelu": 6, "Less": 7, "Log": 6, "LpPool": 2,
    "Max": 6, "Mean": 6, "Min": 6, "Mul": 7, "Neg": 6, "Or": 7, "PRelu": 7, "Pad": 2, "Pow": 7,
    "RNN": 7, "Reciprocal": 6, "Relu": 6, "Reshape": 5, "Selu": 6, "Sigmoid": 6, "Split": 2,
    "Sqrt": 6, "Sub": 7, "Sum": 6, "Tanh": 6, "Tile": 6, "Upsample": 7, "Xor": 7,
  ]

  /// The first node, branches included, whose operator had another form in an opset before 7.
  private static func changed(_ graph: Graph, since opset: Int) -> Node? {
    for node in graph.nodes {
      if node.domain.isEmpty || node.domain == "ai.onnx", let change = changes[node.op],
        change > opset
      {
        return node
      }
      for (_, branch) in node.subgraphs {
        if let found = changed(branch, since: opset) { return found }
      }
    }
    return nil
  }

  /// The graph in the internal form, which analysis and execution read.
  ///
  /// The model's functions are inlined, every node is upgraded to ``opset``, Constant nodes become constants,
  /// and every node has a name that no other has, in branches too. Applied again it changes nothing.
  ///
  /// - Throws: ``OperatorError/at(node:_:)`` naming the node that cannot be upgraded, or
  ///   ``OperatorError/unsupported(_:)`` for an opset outside ``readable``.
  package func normalized(_ graph: Graph) throws(OperatorError) -> Graph {
    let version = graph.model.opset
    // A model of other domains alone may state no version of ONNX's own.
    let cure = "onnx.version_converter can convert it"
    if (1..<Self.readable.lowerBound).contains(version) {
      if let node = Self.changed(graph, since: version) {
        throw .unsupported(
          "the model is written in opset \(version), where \(node.op) has an older form than "
            + "opset \(Self.readable.lowerBound)'s, the oldest that is read; \(cure)"
        )
      }
    } else if version != 0, !Self.readable.contains(version) {
      throw .unsupported(
        "the model is written in opset \(version); opsets \(Self.readable.lowerBound) to "
          + "\(Self.readable.upperBound) are read; \(cure)"
      )
    }
    var source = graph
    if version == 0 { source.model.opset = Self.opset }
    var result = try Normalizing(source, operators: self).normalized(source)
    let inlined = Set(graph.model.functions.map(\.domain))
    result.model.functions = []
    result.model.opset = max(Self.opset, least(for: result).opset)
    for domain in inlined where !domain.isEmpty && !result.uses(domain: domain) {
      result.model.opsets[domain] = nil
    }
    return result
  }

  /// The graph with the least opset in which its nodes are valid ONNX, and the file version that goes with it.
  ///
  /// - Parameters:
  ///   - graph: in the internal form.
  ///   - opset: the opset wanted; nil for the least.
  /// - Returns: the graph to write.
  /// - Throws: ``OperatorError/at(node:_:)`` naming the node that needs a newer opset.
  package func exported(_ graph: Graph, opset: Int? = nil) throws(OperatorError) -> Graph {
    let least = least(for: graph)
    if let opset, opset < least.opset, let node = least.node {
      throw .at(
        node: node.label,
        .unsupported("needs opset \(least.opset) at least; \(opset) is asked for")
      )
    }
    var result = graph
    result.model.opset = opset ?? least.opset
    result.model.irVersion = max(
      Self.irVersion(of: result.model.opset),
      Self.irVersion(types: graph)
    )
    return result
  }

  /// The least opset that the nodes need, and the first node that needs it.
  private func least(for graph: Graph) -> (opset: Int, node: Node?) {
    var opset = Self.readable.lowerBound
    var first: Node?
    let late = graph.lateTypes
    for node in graph.nodes {
      // A standard operator without a room here is taken in the form it was read in.
      var needed = self[node]?.needs(node) ?? (node.domain.isEmpty ? Self.opset : opset)
      let named = ["to", "output_dtype"].compactMap { name in
        node.int(name).flatMap(Int32.init(exactly:)).flatMap(ElementType.init)
      }
      let read = late.isEmpty ? [] : node.inputs.compactMap { late[$0] }
      if let zero = node.zeroPointType(in: graph), zero.bitCount == 16 { needed = max(needed, 21) }
      for type in named + read { needed = max(needed, type.introduction.opset) }
      for (_, branch) in node.subgraphs { needed = max(needed, least(for: branch).opset) }
      if needed > opset || first == nil {
        opset = max(opset, needed)
        first = node
      }
    }
    return (opset, first)
  }

  /// The file version that came with an opset; 4 at least, from which on initialisers need not be inputs.
  private static func irVersion(of opset: Int) -> Int {
    switch opset {
    case ...9: 4
    case 10: 5
    case 11: 6
    case 12...14: 7
    case 15...18: 8
    case 19, 20: 9
    case 21, 22: 10
    case 23: 11
    case 24: 12
    default: 13
    }
  }

  /// The file version that the types of constants, inputs and outputs need.
  private static func irVersion(types graph: Graph) -> Int {
    let types =
      graph.constants.map { $0.1.type } + (graph.inputs + graph.outputs).compactMap(\.type.element)
    return types.reduce(4) { max($0, $1.introduction.irVersion) }
  }
}

extension ElementType {
  /// The opset in which ONNX's operators got the type, and the file version that came with it.
  fileprivate var introduction: (opset: Int, irVersion: Int) {
    switch self {
    case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz: (19, 9)
    case .uint4, .int4: (21, 10)
    case .float4e2m1: (23, 11)
    case .float8e8m0: (24, 12)
    case .uint2, .int2: (25, 13)
    default: (1, 4)
    }
  }
}

extension Node {
  /// The type of the whole numbers that a node quantizes to or from, where a constant states it.
  fileprivate func zeroPointType(in graph: Graph) -> ElementType? {
    guard op == "QuantizeLinear" || op == "DequantizeLinear", domain.isEmpty else { return nil }
    return [input(2), input(0)].compactMap { $0.flatMap { graph.constants[$0]?.type } }
      .first { !$0.isFloatingPoint }
  }
}

extension Graph {
  /// The constants and inputs whose element type came to ONNX's operators after the first opset.
  fileprivate var lateTypes: [String: ElementType] {
    var result: [String: ElementType] = [:]
    for (name, constant) in constants where constant.type.introduction.opset > 1 {
      result[name] = constant.type
    }
    for input in inputs {
      guard let type = input.type.element, type.introduction.opset > 1 else { continue }
      result[input.name] = type
    }
    return result
  }

  fileprivate func uses(domain: String) -> Bool {
    nodes.contains { node in
      node.domain == domain || node.subgraphs.contains { $0.graph.uses(domain: domain) }
    }
  }
}
