package import Graphs
package import Operators

/// Which constants of a graph training changes, by what the operators that read them do with them.
///
/// Constants of any other kind, such as shapes, scales of images or slopes of quantizers, stay as they are; so does a
/// constant that is read in two roles of which one is none.
package struct TrainableWeights: Sendable, Hashable {
  /// A constant and its role.
  package struct Weight: Sendable, Hashable {
    package let name: String
    package let role: ParameterRole

    /// Whether L2 is put on its gradient.
    package var decays: Bool { role == .weight }
  }

  /// What gradients move, in the order in which the graph first reads it.
  package private(set) var weights: [Weight] = []
  /// What batches move, in the same order.
  package private(set) var statistics: [String] = []

  /// Finds the constants of a graph.
  ///
  /// - Parameters:
  ///   - graph: in its internal form.
  ///   - operators: say what their inputs hold.
  package init(_ graph: Graph, operators: OperatorSet) {
    var order: [String] = []
    var roles: [String: Set<ParameterRole?>] = [:]
    func note(_ name: String, _ role: ParameterRole?) {
      guard graph.constants[name]?.type == .float32 else { return }
      if roles[name] == nil { order.append(name) }
      roles[name, default: []].insert(role)
    }
    // What linear layers make, behind which an addition is a bias.
    var linear: Set<String> = []
    for node in graph.nodes {
      let entry = operators[node]
      for (index, name) in node.inputs.enumerated() where !name.isEmpty {
        // Exporters write a linear layer's bias as an addition of its own.
        let isAdded =
          entry?.traits.contains(.adds) == true && node.inputs.count == 2
          && linear.contains(node.inputs[1 - index])
        note(name, isAdded ? .bias : Self.role(of: index, in: node, entry))
      }
      for captured in node.subgraphs.isEmpty ? [] : node.captured { note(captured, nil) }
      if entry?.weights?.form.isLinear == true { linear.formUnion(node.outputs) }
    }
    for output in graph.outputs { note(output.name, nil) }
    for name in order {
      guard let found = roles[name], found.count == 1, let role = found.first ?? nil else {
        continue
      }
      if role == .statistic {
        statistics.append(name)
      } else {
        weights.append(Weight(name: name, role: role))
      }
    }
  }

  /// Whether an operator takes a weight, a bias or the like at a place.
  static func isRead(at index: Int, of node: Node, _ operators: OperatorSet) -> Bool {
    role(of: index, in: node, operators[node]) != nil
  }

  /// The role of an input; nil for one that training leaves alone.
  private static func role(of index: Int, in node: Node, _ entry: Operator?) -> ParameterRole? {
    node.domain == FakeQuantization.domain
      ? rounding(of: index, in: node) : entry?.role(of: index)
  }

  /// A rounded weight is one still; states of ranges are moved by batches, learned steps by gradients.
  private static func rounding(of index: Int, in node: Node) -> ParameterRole? {
    if node.op == FakeQuantization.weight { return .weight }
    guard index > 0 else { return nil }
    return node.int("following") == FakeQuantization.Following.learned.rawValue
      ? .slope : .statistic
  }
}
