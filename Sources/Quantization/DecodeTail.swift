package import Graphs
package import Operators

/// The part of a network behind its last layers with weights, which stays float: decoding of boxes, scores, sorting.
package struct DecodeTail: Sendable {
  /// Nodes from which no layer with weights can be reached.
  package let nodes: Set<Int>
  /// Layers whose results only the tail reads, or the caller.
  package let heads: Set<Int>
  /// Convolutions that only weigh the places of a distribution, as some decoders do; they belong to the tail.
  package let integrals: Set<Int>

  /// Finds the tail by structure.
  ///
  /// - Parameters:
  ///   - graph: in its internal form.
  ///   - layers: nodes with constant weights.
  ///   - operators: tell which nodes only move values.
  package init(_ graph: Graph, layers: Set<Int>, operators: OperatorSet) {
    let integrals = Self.integrals(graph, layers, operators)
    let real = layers.subtracting(integrals)
    var reaching: Set<String> = []
    var tail: Set<Int> = []
    var heads: Set<Int> = []
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      let leads = node.outputs.contains { !$0.isEmpty && reaching.contains($0) }
      if real.contains(index) {
        if !leads { heads.insert(index) }
        reaching.formUnion(node.inputs)
      } else if leads {
        reaching.formUnion(node.inputs)
        reaching.formUnion(node.captured)
      } else {
        tail.insert(index)
      }
    }
    nodes = tail
    self.heads = heads
    self.integrals = integrals
  }

  /// Layers that read a softmax through nothing but moves.
  private static func integrals(
    _ graph: Graph,
    _ layers: Set<Int>,
    _ operators: OperatorSet
  ) -> Set<Int> {
    var shares: Set<String> = []
    var found: Set<Int> = []
    for (index, node) in graph.nodes.enumerated() {
      let entry = operators[node]
      let reads = node.input(0).map(shares.contains) ?? false
      if entry?.traits.contains(.distributes) == true {
        shares.formUnion(node.outputs)
      } else if reads, layers.contains(index), entry?.weights?.form == .convolution {
        found.insert(index)
      } else if reads, entry?.quantization.resolved(for: node, in: graph) == .moving {
        shares.formUnion(node.outputs)
      }
    }
    return found
  }
}
