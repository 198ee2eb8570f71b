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
    result.model.opset = max(Self.opset, version)
    for domain in inlined where !domain.isEmpty && !result.uses(domain: domain) {
      result.model.opsets[domain] = nil
    }
    return result
  }
}

extension Graph {
  fileprivate func uses(domain: String) -> Bool {
    nodes.contains { node in
      node.domain == domain || node.subgraphs.contains { $0.graph.uses(domain: domain) }
    }
  }
}
