package import Graphs

/// What one node costs at the stated input size.
package struct NodeCost: Sendable, Hashable, Codable {
  /// The node's name.
  package var name: String
  /// Its operator.
  package var op: String
  /// The sizes of its first output; nil where they depend on the data.
  package var output: [Int]?
  /// Multiply-adds.
  package var multiplyAdds: Int
  /// Multiply-adds as the benchmark counts them: convolutions and linear layers, deformable ones left out, one image.
  package var benchmarkMultiplyAdds: Int
  /// The same over a map of one pixel, which is the number of the weights.
  package var onePixelMultiplyAdds: Int
  /// Trained numbers that no earlier node reads.
  package var parameters: Int
  /// Their bytes.
  package var parameterBytes: Int
  /// Bytes of all outputs.
  package var activationBytes: Int
}

/// What a graph costs, node by node and in total, at stated input sizes.
///
/// Multiply-adds are those of convolutions (deformable ones included), linear layers and matrix products, biases
/// left out; everything else counts as free. Parameters are the numbers, of any type with a fraction or of 8 bits and
/// less, in constants of rank 1 and more, whatever scales or sizes an operator reads left out. Weights are never touched.
package struct GraphCost: Sendable, Hashable, Codable {
  /// The nodes, in order.
  package let nodes: [NodeCost]

  /// Counts a graph in the internal form.
  ///
  /// - Complexity: O(nodes + constants)
  package init(_ graph: Graph, facts: GraphFacts, operators: OperatorSet) {
    var seen: Set<String> = []
    nodes = graph.nodes.map { node in
      let call = facts.costCall(of: node)
      let isComplete = node.outputs.enumerated().allSatisfy {
        $0.element.isEmpty || call.outputs[$0.offset] != nil
      }
      let entry = operators[node]
      let own = isComplete ? entry.map { $0.cost(call) } ?? 0 : 0
      var cost = NodeCost(
        name: node.name,
        op: node.op,
        output: call.outputs.first ?? nil,
        multiplyAdds: own,
        benchmarkMultiplyAdds: 0,
        onePixelMultiplyAdds: 0,
        parameters: 0,
        parameterBytes: 0,
        activationBytes: 0
      )
      // Inputs that say what to do hold nothing that was trained.
      let isSteered = entry?.traits.contains(.isSteered) ?? false
      for (index, name) in node.inputs.enumerated() where index == 0 || !isSteered {
        guard let constant = graph.constants[name], Self.isTrained(constant),
          seen.insert(name).inserted
        else { continue }
        cost.parameters += constant.count
        cost.parameterBytes += constant.bytes.count
      }
      for (name, shape) in zip(node.outputs, call.outputs) {
        guard let shape, let element = facts[name].element else { continue }
        cost.activationBytes += element.byteCount(of: shape.reduce(1, *)) ?? 0
      }
      if let layout = entry?.weights, let weight = Self.benchmarkWeight(of: node, layout, in: graph)
      {
        let map =
          layout.form == .convolution ? cost.output?.dropFirst(2).reduce(1, *) ?? 0 : 1
        cost.onePixelMultiplyAdds = weight.count
        cost.benchmarkMultiplyAdds = weight.count * map
      }
      return cost
    }
  }

  /// Multiply-adds at the stated input size.
  package var multiplyAdds: Int { nodes.reduce(0) { $0 + $1.multiplyAdds } }
  /// Multiply-adds at the stated input size, as the benchmark counts them.
  package var benchmarkMultiplyAdds: Int { nodes.reduce(0) { $0 + $1.benchmarkMultiplyAdds } }
  /// Multiply-adds over maps of one pixel, as the benchmark counts them.
  package var onePixelMultiplyAdds: Int { nodes.reduce(0) { $0 + $1.onePixelMultiplyAdds } }
  /// Trained numbers.
  package var parameters: Int { nodes.reduce(0) { $0 + $1.parameters } }
  /// Bytes of the trained numbers.
  package var parameterBytes: Int { nodes.reduce(0) { $0 + $1.parameterBytes } }
  /// Bytes of all values that nodes make, each counted once.
  package var activationBytes: Int { nodes.reduce(0) { $0 + $1.activationBytes } }

  private static func isTrained(_ constant: Constant) -> Bool {
    !constant.shape.isEmpty
      && (constant.type.isFloatingPoint
        || (1...8).contains(constant.type.bitCount) && constant.type != .bool)
  }

  private static func benchmarkWeight(
    of node: Node,
    _ layout: WeightLayout,
    in graph: Graph
  ) -> Constant? {
    let weight = node.input(layout.weight).flatMap { graph.constants[$0] }
    switch layout.form {
    case .convolution: return weight
    case .product: return weight?.shape.count == 2 ? weight : nil
    case .transposedConvolution, .deformableConvolution: return nil
    }
  }
}
