/// A rule that a graph breaks.
///
/// One case a rule of ``Graph/verify()`` or ``Graph/applying(_:)``.
public enum GraphError: Error, Sendable, Hashable {
  case danglingInput(String, node: String)
  case duplicateValue(String, node: String)
  case duplicateNode(String)
  case missingOutput(String)
  case duplicateOutput(String)
  case duplicateInput(String)
  case wrongByteCount(constant: String, expected: Int?, found: Int)
  case wrongStringCount(constant: String, expected: Int, found: Int)
  case negativeSize(constant: String, shape: [Int])
  case duplicateFunction(String)
  case unknownConstant(String, edit: String)
  case unknownNode(String, edit: String)
  case badAxis(Int, constant: String, shape: [Int])
  case badIndices(constant: String, axis: Int, size: Int)
}

extension GraphError: CustomStringConvertible {
  /// What is wrong and where.
  public var description: String {
    switch self {
    case .danglingInput(let value, let node):
      "\(node) reads '\(value)', which no input, constant or earlier node makes"
    case .duplicateValue(let value, let node):
      "\(node) makes '\(value)', which exists already; every value is made once"
    case .duplicateNode(let name): "two nodes are named '\(name)'"
    case .missingOutput(let name): "the graph returns '\(name)', which nothing makes"
    case .duplicateOutput(let name): "the graph returns '\(name)' twice"
    case .duplicateInput(let name): "the graph has two inputs named '\(name)'"
    case .wrongByteCount(let constant, let expected, let found):
      "constant '\(constant)' holds \(found) bytes; its type and shape need "
        + (expected.map(String.init) ?? "more than memory can address")
    case .wrongStringCount(let constant, let expected, let found):
      "constant '\(constant)' holds \(found) strings; its shape needs \(expected)"
    case .negativeSize(let constant, let shape):
      "constant '\(constant)' has a negative size in its shape \(shape)"
    case .duplicateFunction(let name): "the model defines the function '\(name)' twice"
    case .unknownConstant(let name, let edit):
      "the edit '\(edit)' names the constant '\(name)', which the graph does not have"
    case .unknownNode(let name, let edit):
      "the edit '\(edit)' names the node '\(name)', which the graph does not have"
    case .badAxis(let axis, let constant, let shape):
      "constant '\(constant)' of shape \(shape) has no axis \(axis)"
    case .badIndices(let constant, let axis, let size):
      "indices kept of axis \(axis) of '\(constant)' must rise and lie in 0..<\(size)"
    }
  }
}
