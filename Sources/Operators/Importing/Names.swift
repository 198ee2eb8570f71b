import Graphs

/// The names in use while a graph is being normalised.
struct Names {
  private var values: Set<String> = []
  private var explicitNodes: Set<String> = []
  private var nodes: Set<String> = []

  /// The names of a graph and of all its branches.
  init(_ graph: Graph) { collect(graph) }

  private mutating func collect(_ graph: Graph) {
    for input in graph.inputs { values.insert(input.name) }
    for name in graph.constants.names { values.insert(name) }
    for node in graph.nodes {
      explicitNodes.insert(node.name)
      values.formUnion(node.outputs)
      for (_, branch) in node.subgraphs { collect(branch) }
    }
  }

  /// True for a value name in use.
  func contains(_ value: String) -> Bool { values.contains(value) }

  /// Takes note of value names in use.
  mutating func insert(_ names: [String]) { values.formUnion(names) }

  /// A value name that nothing uses, made of `hint`.
  mutating func fresh(_ hint: String) -> String {
    var name = hint
    var number = 1
    while !values.insert(name).inserted {
      name = "\(hint)_\(number)"
      number += 1
    }
    return name
  }

  /// A node name that nothing uses: `name` the first time, else one made of it or of operator and position.
  mutating func node(_ name: String, op: String, position: Int) -> String {
    if !name.isEmpty, nodes.insert(name).inserted { return name }
    let stem = name.isEmpty ? "\(op)_\(position)" : name
    var candidate = stem
    var number = 1
    while explicitNodes.contains(candidate) || !nodes.insert(candidate).inserted {
      candidate = "\(stem)_\(number)"
      number += 1
    }
    return candidate
  }
}
