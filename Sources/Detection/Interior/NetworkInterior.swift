package import Graphs
package import Operators

/// What lies inside a network: its nodes, and what is known of their values.
package struct NetworkInterior: Sendable {
  package let graph: Graph
  package let facts: GraphFacts
  package let operators: OperatorSet

  package init(_ graph: Graph, _ facts: GraphFacts, _ operators: OperatorSet) {
    self.graph = graph
    self.facts = facts
    self.operators = operators
  }

  /// What a node reads.
  struct Reading: Sendable, Hashable {
    /// The value's name.
    let value: String
    /// The name of what the node makes of it.
    let result: String
    /// Its sizes but for the first, which is of images.
    let sizes: [Int]
    /// The axis along which the node works, where it says one.
    let axis: Int?
    /// Nodes that lie between it and where the search began, at least.
    let distance: Int
  }

  /// What operators of a kind read before a value, nearest first.
  ///
  /// - Parameters:
  ///   - trait: of the operators.
  ///   - value: from which the network is walked backwards.
  /// - Returns: readings whose sizes are known.
  func readings(of trait: OperatorTraits, before value: String) -> [Reading] {
    var makers: [String: Int] = [:]
    for (place, node) in graph.nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { makers[output] = place }
    }
    var seen: Set<Int> = []
    var open = [value]
    var found: [Reading] = []
    var distance = 0
    while !open.isEmpty {
      var next: [String] = []
      for name in open {
        guard let place = makers[name], seen.insert(place).inserted else { continue }
        let node = graph.nodes[place]
        if let reading = reading(of: node, trait, distance) { found.append(reading) }
        next += node.inputs.filter { !$0.isEmpty }
      }
      open = next
      distance += 1
    }
    return found
  }

  private func reading(of node: Node, _ trait: OperatorTraits, _ distance: Int) -> Reading? {
    guard let entry = operators[node], entry.traits.contains(trait), let value = node.input(0),
      let result = node.output(0), let sizes = facts[value].sizes, sizes.count > 1
    else { return nil }
    let known = sizes.dropFirst().compactMap(\.self)
    guard known.count == sizes.count - 1 else { return nil }
    let axis = node.int("axis").map { $0 < 0 ? $0 + sizes.count : $0 }
    return Reading(
      value: value,
      result: result,
      sizes: known,
      axis: axis,
      distance: distance
    )
  }
}
