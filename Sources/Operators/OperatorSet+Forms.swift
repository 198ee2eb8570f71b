package import Graphs

extension OperatorSet {
  /// Opsets that are read: older ones have other rules for broadcasting, newer ones are not written yet.
  package static let readable = 7...28

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
    guard version == 0 || Self.readable.contains(version) else {
      throw .unsupported(
        "the model is written in opset \(version); opsets \(Self.readable.lowerBound) to "
          + "\(Self.readable.upperBound) are read; onnx.version_converter can convert it"
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
    for node in graph.nodes {
      // A standard operator without a room here is taken in the form it was read in.
      var needed = self[node]?.since ?? (node.domain.isEmpty ? Self.opset : opset)
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

  /// The file version that the constants' types need.
  private static func irVersion(types graph: Graph) -> Int {
    var version = 4
    for (_, constant) in graph.constants {
      switch constant.type {
      case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz: version = max(version, 9)
      case .uint4, .int4: version = max(version, 10)
      case .float4e2m1: version = max(version, 11)
      case .float8e8m0: version = max(version, 12)
      case .uint2, .int2: version = max(version, 13)
      default: continue
      }
    }
    return version
  }
}

extension Graph {
  fileprivate func uses(domain: String) -> Bool {
    nodes.contains { node in
      node.domain == domain || node.subgraphs.contains { $0.graph.uses(domain: domain) }
    }
  }
}
