extension Graph {
  /// The same graph with a unique name for every node: its own, or one made of its operator and position.
  public func named() -> Graph {
    var graph = self
    var taken = Set(nodes.lazy.map(\.name).filter { !$0.isEmpty })
    var seen: Set<String> = []
    for index in graph.nodes.indices {
      let name = graph.nodes[index].name
      if !name.isEmpty, seen.insert(name).inserted { continue }
      var candidate = "\(graph.nodes[index].op)_\(index)"
      while !taken.insert(candidate).inserted { candidate += "_" }
      graph.nodes[index].name = candidate
      seen.insert(candidate)
    }
    return graph
  }

  /// For every value, the index of the node that makes it. - Complexity: O(nodes)
  public func producers() -> [String: Int] {
    var result: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { result[output] = index }
    }
    return result
  }

  /// For every value, the nodes that read it, each once, branches' reads counted for the node that holds them.
  ///
  /// - Complexity: O(nodes)
  public func consumers() -> [String: [Int]] {
    var result: [String: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for input in Set(node.inputs).union(node.captured) where !input.isEmpty {
        result[input, default: []].append(index)
      }
    }
    return result
  }
}

extension Node {
  /// Names that the node's branches read from the graph around them.
  public var captured: Set<String> {
    var result: Set<String> = []
    for (_, graph) in subgraphs {
      var own = Set(graph.inputs.map(\.name)).union(graph.constants.names)
      for node in graph.nodes {
        result.formUnion(node.inputs.filter { !own.contains($0) })
        result.formUnion(node.captured.subtracting(own))
        own.formUnion(node.outputs)
      }
      result.formUnion(graph.outputs.map(\.name).filter { !own.contains($0) })
    }
    result.remove("")
    return result
  }
}
