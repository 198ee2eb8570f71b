package import Graphs
import Operators

/// Which constants of a graph training changes, by what the operators that read them do with them.
///
/// Constants of any other kind, such as shapes, scales of images or slopes of quantizers, stay as they are; so does a
/// constant that is read in two roles of which one is none.
package struct TrainableWeights: Sendable, Hashable {
  /// What a constant is to the operator that reads it.
  package enum Role: Sendable, Hashable {
    /// What inputs are multiplied by: the only role with weight decay.
    case weight
    /// What is added behind a weight.
    case bias
    /// What batch norm and its kin multiply by.
    case normScale
    /// What batch norm and its kin add.
    case normOffset
    /// The slope of an activation.
    case slope
    /// A running mean or variance: moved by the batches, not by gradients.
    case statistic
  }

  /// A constant and its role.
  package struct Weight: Sendable, Hashable {
    package let name: String
    package let role: Role

    /// Whether L2 is put on its gradient.
    package var decays: Bool { role == .weight }
  }

  /// What gradients move, in the order in which the graph first reads it.
  package private(set) var weights: [Weight] = []
  /// What batches move, in the same order.
  package private(set) var statistics: [String] = []

  /// Finds the constants of a graph in its internal form.
  package init(_ graph: Graph) {
    var order: [String] = []
    var roles: [String: Set<Role?>] = [:]
    func note(_ name: String, _ role: Role?) {
      guard graph.constants[name]?.type == .float32 else { return }
      if roles[name] == nil { order.append(name) }
      roles[name, default: []].insert(role)
    }
    var producers: [String: String] = [:]
    for node in graph.nodes {
      for (index, name) in node.inputs.enumerated() where !name.isEmpty {
        let other = node.inputs.count == 2 ? producers[node.inputs[1 - index]] : nil
        note(name, Self.role(of: index, in: node, beside: other))
      }
      for captured in node.subgraphs.isEmpty ? [] : node.captured { note(captured, nil) }
      for output in node.outputs { producers[output] = node.op }
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
  static func isRead(at index: Int, of node: Node) -> Bool {
    role(of: index, in: node, beside: nil) != nil
  }

  /// The role of an input; nil for one that training leaves alone.
  ///
  /// - Parameters:
  ///   - index: the input.
  ///   - node: the operator that reads it.
  ///   - producer: the operator that makes the other of two inputs.
  /// - Returns: the role.
  private static func role(of index: Int, in node: Node, beside producer: String?) -> Role? {
    if node.domain == FakeQuantization.domain { return rounding(of: index, in: node) }
    guard node.domain.isEmpty || node.domain == "ai.onnx" else { return nil }
    switch (node.op, index) {
    case ("Conv", 1), ("ConvTranspose", 1), ("DeformConv", 1), ("Gemm", 1): return .weight
    case ("Conv", 2), ("ConvTranspose", 2), ("DeformConv", 3), ("Gemm", 2): return .bias
    case ("MatMul", _): return .weight
    case ("BatchNormalization", 3), ("BatchNormalization", 4): return .statistic
    case ("BatchNormalization", 1), ("InstanceNormalization", 1), ("LayerNormalization", 1),
      ("GroupNormalization", 1), ("RMSNormalization", 1):
      return .normScale
    case ("BatchNormalization", 2), ("InstanceNormalization", 2), ("LayerNormalization", 2),
      ("GroupNormalization", 2):
      return .normOffset
    case ("PRelu", 1): return .slope
    case ("Add", _):
      // Exporters write a linear layer's bias as an addition of its own.
      return ["MatMul", "Gemm", "Conv", "ConvTranspose"].contains(producer) ? .bias : nil
    default: return nil
    }
  }

  /// A rounded weight is one still; states of ranges are moved by batches, learned steps by gradients.
  private static func rounding(of index: Int, in node: Node) -> Role? {
    if node.op == FakeQuantization.weight { return .weight }
    guard index > 0 else { return nil }
    return node.int("following") == FakeQuantization.Following.learned.rawValue
      ? .slope : .statistic
  }
}
