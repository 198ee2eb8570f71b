package import Graphs

extension OperatorSet {
  /// Whether ``widened(_:)`` has something to do.
  package func widens(_ graph: Graph) -> Bool { graph.holdsHalves }

  /// The graph of a float16 network in float32.
  ///
  /// Constants, casts and stated types become float32, with the same values. Inputs and outputs keep their types: a Cast stands behind
  /// or before them.
  ///
  /// - Parameter graph: in its internal form.
  /// - Returns: the new graph; nil where nothing in it is float16.
  package func widened(_ graph: Graph) -> Graph? {
    guard graph.holdsHalves else { return nil }
    var names = Names(graph)
    var result = graph.widenedInside()
    for index in result.inputs.indices where result.inputs[index].type.element == .float16 {
      let name = result.inputs[index].name
      guard result.constants[name] == nil else {
        result.inputs[index].type.element = .float32
        continue
      }
      let wide = names.fresh("\(name)_float32")
      result.rename(reads: name, to: wide)
      result.nodes.insert(Casting.node(name, to: .float32, as: wide), at: 0)
    }
    for index in result.outputs.indices where result.outputs[index].type.element == .float16 {
      let name = result.outputs[index].name
      guard result.nodes.contains(where: { $0.outputs.contains(name) }) else { continue }
      let wide = names.fresh("\(name)_float32")
      result.rename(reads: name, to: wide)
      for place in result.nodes.indices {
        result.nodes[place].outputs = result.nodes[place].outputs.map { $0 == name ? wide : $0 }
      }
      result.nodes.append(Casting.node(wide, to: .float16, as: name))
    }
    return result.named()
  }
}

extension Node {
  /// The node with the attributes that name float16 naming float32.
  fileprivate func widened() -> Node {
    var node = self
    let half = Int(ElementType.float16.rawValue)
    for (name, value) in attributes {
      switch value {
      case .int(half) where ["to", "dtype", "output_dtype"].contains(name):
        node.attributes[name] = .int(Int(ElementType.float32.rawValue))
      case .tensor(let constant): node.attributes[name] = .tensor(constant.widened())
      case .graph(let graph): node.attributes[name] = .graph(graph.widenedInside())
      case .graphs(let graphs): node.attributes[name] = .graphs(graphs.map { $0.widenedInside() })
      default: break
      }
    }
    return node
  }
}

extension Constant {
  fileprivate func widened() -> Constant {
    guard type == .float16, let values = floats else { return self }
    return Constant(values, shape: shape)
  }
}

extension Graph {
  fileprivate var holdsHalves: Bool {
    if constants.contains(where: { $0.value.type == .float16 }) { return true }
    let halves = Set(inputs.lazy.filter { $0.type.element == .float16 }.map(\.name))
    // What reads an input through a Cast to float32 alone computes in float32.
    return !halves.isEmpty
      && nodes.contains { node in
        !Casting.casts(node, to: .float32) && !halves.isDisjoint(with: node.inputs)
      }
  }

  /// Everything but the types of inputs and outputs, which a branch has no one else to see.
  fileprivate func widenedInside() -> Graph {
    var graph = self
    graph.nodes = nodes.map { $0.widened() }
    for (name, constant) in constants { graph.constants[name] = constant.widened() }
    graph.values = [:]
    return graph
  }

  fileprivate mutating func rename(reads old: String, to new: String) {
    for index in nodes.indices {
      nodes[index].inputs = nodes[index].inputs.map { $0 == old ? new : $0 }
      for (name, value) in nodes[index].attributes {
        guard case .graph(var branch) = value else { continue }
        branch.rename(reads: old, to: new)
        nodes[index].attributes[name] = .graph(branch)
      }
    }
  }
}
