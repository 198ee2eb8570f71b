package import Graphs

/// The operators that are known, by domain and name.
///
/// A value: a caller may add its own.
package struct OperatorSet: Sendable {
  /// The opset of the internal form, to which import upgrades every model.
  package static let opset = 22

  private var table: [Key: Operator] = [:]

  private struct Key: Hashable, Sendable {
    let domain: String
    let name: String
  }

  /// An empty set.
  package init() {}

  /// ONNX's standard operators as far as this version knows them.
  package static let standard: OperatorSet = {
    var set = OperatorSet()
    for family in families { for entry in family { set.add(entry) } }
    return set
  }()

  /// One entry a file in `Kinds/`, in alphabetical order.
  package static let families: [[Operator]] = [
    Activation.operators,
    Arithmetic.operators,
    Bitwise.operators,
    Casting.operators,
    Comparison.operators,
    Control.operators,
    Convolution.operators,
    Detection.operators,
    Elementary.operators,
    Generation.operators,
    Indexing.operators,
    Joining.operators,
    Linear.operators,
    Loss.operators,
    Movement.operators,
    Normalization.operators,
    Padding.operators,
    Pooling.operators,
    Quantization.operators,
    Reduction.operators,
    Reshaping.operators,
    Resizing.operators,
    Scanning.operators,
    Scattering.operators,
    Selection.operators,
    Slicing.operators,
  ]

  /// Adds an operator, in place of one of the same domain and name.
  package mutating func add(_ entry: Operator) {
    table[Key(domain: entry.domain, name: entry.name)] = entry
  }

  /// The operator of a node, if it is known.
  ///
  /// `ai.onnx` is another spelling of ONNX's own domain.
  package subscript(node: Node) -> Operator? {
    table[Key(domain: node.isStandard ? "" : node.domain, name: node.op)]
  }

  /// The operator of a name in ONNX's own domain, if it is known.
  package subscript(name name: String) -> Operator? { table[Key(domain: "", name: name)] }

  /// Whether a node of constants can become a constant: it is executed here, draws nothing, and is no part of a quantized weight.
  package func folds(_ node: Node) -> Bool {
    let isKept = (Quantization.operators + Generation.operators).contains { $0.name == node.op }
    return self[node]?.kernel != nil && !isKept
  }

  /// The names of all operators of ONNX's own domain, sorted.
  package var names: [String] { table.keys.filter { $0.domain.isEmpty }.map(\.name).sorted() }
}

extension Node {
  /// Whether the node's operator is one of ONNX's own.
  package var isStandard: Bool { domain.isEmpty || domain == "ai.onnx" }
}
