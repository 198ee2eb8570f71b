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
    for edit in edits {
      switch edit {
      case .keep(let name, let axis, let indices):
        guard let constant = graph.constants[name] else {
          throw .unknownConstant(name, edit: "keep")
        }
        graph.constants[name] = try constant.keeping(indices, axis: axis, name: name)
      case .setIntegers(let name, let values):
        guard let old = graph.constants[name] else {
          throw .unknownConstant(name, edit: "set integers")
        }
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
        graph.constants[constant] = Constant(values)
        while graph.nodes[node].inputs.count <= index { graph.nodes[node].inputs.append("") }
        graph.nodes[node].inputs[index] = constant
      }
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

extension Constant {
  /// The constant with only `indices` of `axis` kept, in runs copied whole.
  ///
  /// - Parameters:
  ///   - indices: the positions kept, rising.
  ///   - axis: the axis, from 0.
  ///   - name: how an error names the constant.
  /// - Returns: the smaller constant.
  /// - Throws: ``GraphError/badAxis(_:constant:shape:)`` or ``GraphError/badIndices(constant:axis:size:)``.
  public func keeping(
    _ indices: [Int],
    axis: Int,
    name: String = "constant"
  ) throws(GraphError) -> Constant {
    guard shape.indices.contains(axis), type.bitCount >= 8 else {
      throw .badAxis(axis, constant: name, shape: shape)
    }
    let size = shape[axis]
    guard indices.allSatisfy({ $0 >= 0 && $0 < size }),
      zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw .badIndices(constant: name, axis: axis, size: size) }
    let inner = shape[(axis + 1)...].reduce(type.bitCount / 8, *)
    let outer = shape[..<axis].reduce(1, *)
    let runs = Self.runs(of: indices)
    var cut = self
    cut.shape[axis] = indices.count
    cut.bytes = unsafe bytes.withUnsafeBytes { source in
      unsafe Bytes(count: outer * indices.count * inner) { target in
        var position = 0
        for row in 0..<outer {
          for run in runs {
            let start = (row * size + run.lowerBound) * inner
            let length = run.count * inner
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[position..<position + length])
              .copyMemory(
                from: UnsafeRawBufferPointer(rebasing: source[start..<start + length])
              )
            position += length
          }
        }
      }
    }
    return cut
  }

  private static func runs(of indices: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for index in indices {
      if let last = runs.last, last.upperBound == index {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    return runs
  }
}
