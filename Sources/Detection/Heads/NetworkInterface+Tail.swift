import Graphs
import Operators

extension NetworkInterface {
  /// A kind of computation without weights, by which decoded outputs are told from raw ones.
  package enum Tail: String, Sendable, Hashable, CaseIterable {
    case exponential
    case sigmoid
    case softmax
    /// The best of many.
    case ranking
    /// Non-maximum suppression, ONNX's or a runtime's own.
    case suppression
    case product
    case logarithm
    case remainder
    /// A value taken apart.
    case parting

    private static let names: [String: Tail] = [
      "Exp": .exponential, "Sigmoid": .sigmoid, "Softmax": .softmax, "TopK": .ranking,
      "NonMaxSuppression": .suppression, "EfficientNMS_TRT": .suppression,
      "BatchedNMS_TRT": .suppression, "BatchedNMSDynamic_TRT": .suppression, "Mul": .product,
      "Log": .logarithm, "Mod": .remainder, "Split": .parting,
    ]

    /// What lies before each output of a graph, back to the nodes that have weights.
    static func tails(of graph: Graph, _ operators: OperatorSet) -> [String: Set<Tail>] {
      var makers: [String: Node] = [:]
      for node in graph.nodes {
        for output in node.outputs where !output.isEmpty { makers[output] = node }
      }
      var result: [String: Set<Tail>] = [:]
      for output in graph.outputs {
        var found: Set<Tail> = []
        var seen: Set<String> = []
        var open = [output.name]
        while let value = open.popLast() {
          guard let node = makers[value], seen.insert(node.name).inserted else { continue }
          if let tail = names[node.op] { found.insert(tail) }
          guard !hasWeights(node, graph, operators) else { continue }
          open += node.inputs.filter { !$0.isEmpty }
        }
        result[output.name] = found
      }
      return result
    }

    /// Whether a node is a layer that has parameters, such as a convolution.
    private static func hasWeights(_ node: Node, _ graph: Graph, _ operators: OperatorSet) -> Bool {
      operators[node]?.weights != nil && node.inputs.contains { graph.constants[$0] != nil }
    }
  }
}
