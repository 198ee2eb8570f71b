/// Why a node could not be analysed, upgraded or executed.
///
/// The caller adds the node and the file.
package enum OperatorError: Error, Sendable {
  /// No rule for the operator.
  case unknownOperator(String, domain: String)
  /// The operator is known, but not this form, attribute value or type.
  case unsupported(String)
  /// The operator needs an input that is left out.
  case missingInput(Int)
  /// Sizes or types that do not fit together.
  case mismatch(String)
  /// A size or value had to be known and is not.
  case notStatic(String)
  /// Any of the above at a node.
  indirect case at(node: String, OperatorError)
  /// The runtime refused; its text names the ATen operator and the shapes.
  case runtime(String)
}

extension OperatorError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String {
    switch self {
    case .unknownOperator(let name, let domain):
      "operator '\(domain.isEmpty ? "" : domain + ".")\(name)' is not known; analysis leaves its channels "
        + "closed, but it cannot be executed"
    case .unsupported(let what): what
    case .missingInput(let index): "input \(index) is left out, but needed"
    case .mismatch(let what): what
    case .notStatic(let what): "\(what) is known only when the model runs"
    case .at(let node, let error): "\(node): \(error)"
    case .runtime(let text): text
    }
  }
}
