/// One change of a graph, as data: what a plan comes down to.
public enum GraphEdit: Sendable, Hashable, Codable {
  /// Keeps these indices (rising) of one axis of a constant and drops the others.
  case keep(constant: String, axis: Int, indices: [Int])
  /// Gives a constant whole numbers as its new value, int64, of the same rank as before (0 or 1).
  case setIntegers(constant: String, values: [Int])
  /// Sets an integer attribute of a node.
  case setInt(node: String, attribute: String, value: Int)
  /// Sets a list attribute of a node.
  case setInts(node: String, attribute: String, values: [Int])
  /// Takes an attribute of a node away.
  case removeAttribute(node: String, attribute: String)
  /// Appends a new int64 vector constant and makes it input `index` of a node.
  case setInput(node: String, index: Int, constant: String, values: [Int])
}

extension Graph {
  /// The graph with `edits` applied in order; the values' stated types inside are dropped, being stale.
  ///
  /// - Parameter edits: changes that name constants and nodes of this graph.
  /// - Returns: the changed graph.
  /// - Throws: ``GraphError`` when an edit names what is not there, or does not fit; nothing is half done.
  public func applying(_ edits: [GraphEdit]) throws(GraphError) -> Graph {
    var graph = self
    var positions: [String: Int] = [:]
    for (index, node) in nodes.enumerated() { positions[node.name] = index }
    graph.values = [:]
    // Axes of one constant are cut in one pass, so that what goes is not copied first.
    var kept: [String: [Int: [Int]]] = [:]
    for edit in edits {
      switch edit {
      case .keep(let name, let axis, let indices):
        guard let constant = graph.constants[name] else {
          throw .unknownConstant(name, edit: "keep")
        }
        if kept[name]?[axis] == nil {
          kept[name, default: [:]][axis] = indices
        } else {
          graph.constants[name] = try constant.keeping(kept[name] ?? [:], name: name)
          kept[name] = [axis: indices]
        }
      case .setIntegers(let name, let values):
        guard let old = graph.constants[name] else {
          throw .unknownConstant(name, edit: "set integers")
        }
        kept[name] = nil
        graph.constants[name] = Constant(
          type: .int64,
          shape: old.shape.isEmpty ? [] : [values.count],
          bytes: Bytes(values.map(Int64.init))
        )
      case .setInt(let name, let attribute, let value):
        guard let node = positions[name] else { throw .unknownNode(name, edit: attribute) }
        graph.nodes[node].attributes[attribute] = .int(value)
      case .setInts(let name, let attribute, let values):
        guard let node = positions[name] else { throw .unknownNode(name, edit: attribute) }
        graph.nodes[node].attributes[attribute] = .ints(values)
      case .removeAttribute(let name, let attribute):
        guard let node = positions[name] else { throw .unknownNode(name, edit: attribute) }
        graph.nodes[node].attributes[attribute] = nil
      case .setInput(let name, let index, let constant, let values):
        guard let node = positions[name] else { throw .unknownNode(name, edit: "set input") }
        kept[constant] = nil
        graph.constants[constant] = Constant(values)
        while graph.nodes[node].inputs.count <= index { graph.nodes[node].inputs.append("") }
        graph.nodes[node].inputs[index] = constant
      }
    }
    for name in kept.keys.sorted() {
      graph.constants[name] = try graph.constants[name]?.keeping(kept[name] ?? [:], name: name)
    }
    graph.restateDefaults(comparedWith: self)
    return graph
  }

  /// Gives inputs that have a default its shape, where an edit changed it.
  private mutating func restateDefaults(comparedWith old: Graph) {
    for index in inputs.indices {
      guard let constant = constants[inputs[index].name],
        constant.shape != old.constants[inputs[index].name]?.shape
      else { continue }
      inputs[index].type = ValueType(element: constant.type, shape: Shape(constant.shape))
    }
  }
}
