import Graphs
package import Operators

extension Model {
  /// The model in which every reader of a weight has a copy of its own, so that equal constants that are stored once tie nothing.
  ///
  /// The first reader keeps the name; the others' copies share the memory. ``rejoiningWeights()`` undoes it where a cut
  /// left copies equal.
  package func separatingWeights() throws(OperatorError) -> Model {
    let shared = graph.sharedWeights(operators)
    guard !shared.isEmpty else { return self }
    var graph = graph
    var number: [String: Int] = [:]
    for index in graph.nodes.indices {
      for (place, name) in graph.nodes[index].inputs.enumerated() where shared.contains(name) {
        number[name, default: 0] += 1
        guard let count = number[name], count > 1 else { continue }
        let copy = "\(name)\(Self.copyMark)\(count)"
        graph.constants[copy] = graph.constants[name]
        graph.nodes[index].inputs[place] = copy
      }
    }
    return try replacing(graph: graph)
  }

  /// The model with copies that are equal to the weight that they were made of stored once again.
  package func rejoiningWeights() throws(OperatorError) -> Model {
    var originals: [String: String] = [:]
    for (name, constant) in graph.constants {
      let digits = name.reversed().prefix { $0.isNumber }.count
      guard digits > 0, name.dropLast(digits).hasSuffix(Self.copyMark) else { continue }
      let original = String(name.dropLast(digits + Self.copyMark.count))
      if graph.constants[original] == constant { originals[name] = original }
    }
    guard !originals.isEmpty else { return self }
    var graph = graph
    for index in graph.nodes.indices {
      graph.nodes[index].inputs = graph.nodes[index].inputs.map { originals[$0] ?? $0 }
    }
    graph.constants.filter { name, _ in originals[name] == nil }
    return try replacing(graph: graph)
  }

  /// Stands between a weight's name and the number of a copy.
  private static var copyMark: String { "@reader" }
}

extension Graph {
  /// Weights that are read more than once, by nodes of the graph itself only.
  fileprivate func sharedWeights(_ operators: OperatorSet) -> Set<String> {
    var reads: [String: Int] = [:]
    var fixed = Set(outputs.map(\.name)).union(inputs.map(\.name))
    for node in nodes {
      if !node.subgraphs.isEmpty { fixed.formUnion(node.captured) }
      for (index, name) in node.inputs.enumerated() where !name.isEmpty {
        guard let constant = constants[name], constant.count > 1 else { continue }
        reads[name, default: 0] += 1
        if !TrainableWeights.isRead(at: index, of: node, operators) { fixed.insert(name) }
      }
    }
    return Set(reads.filter { $0.value > 1 && !fixed.contains($0.key) }.keys)
  }
}
