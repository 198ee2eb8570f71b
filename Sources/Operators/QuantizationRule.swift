package import Graphs

/// What quantization may do around an operator.
package enum QuantizationRule: Sendable, Hashable {
  /// Computes in floats.
  case float
  /// Multiplies input 0 by a weight in input 1, both of whole numbers; a bias in input 2 has the product of their scales.
  case weighted
  /// Combines inputs that each have their own scale.
  case arithmetic
  /// Puts values of several inputs together, which must share a scale.
  case joining
  /// Passes values of input 0 on as they are, and with them their scale.
  case moving
  /// As `moving` where what is put around is zero.
  case padding
  /// As `moving` where values are repeated, and not mixed.
  case resizing
  /// Averages values of input 0; the output has its own scale.
  case averaging
  /// A function of single elements, which some runtimes compute while they write the output of the operator before.
  case activation

  /// The rule for one node, in which conditions on its attributes are settled.
  package func resolved(for node: Node, in graph: Graph) -> QuantizationRule {
    switch self {
    case .resizing: node.string("mode", default: "nearest") == "nearest" ? .moving : .float
    case .padding:
      node.string("mode", default: "constant") == "constant"
        && (node.input(2).map { graph.constants[$0]?.scalar == 0 } ?? true)
        ? .moving : .float
    default: self
    }
  }
}
