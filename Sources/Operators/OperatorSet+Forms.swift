package import Graphs

extension OperatorSet {
  /// Opsets that are read: older ones have other rules for broadcasting, newer ones are not written yet.
  ///
  /// An older model is read too where none of its operators changed from there to opset 7.
  package static let readable = 7...28

  /// The first node, branches included, whose operator had another form in an opset before 7.
  private static func changed(_ graph: Graph, since opset: Int) -> Node? {
    for node in graph.nodes {
      let change = SchemaTable.standard.changed(node.op, before: readable.lowerBound)
      if node.isStandard, let change, change > opset { return node }
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
