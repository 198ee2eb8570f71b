package import Architectures
package import Graphs
package import ModelFormats
package import Operators

/// Why there is no model to work on.
package enum ModelFailure: Error, Sendable {
  case unreadable(ONNXError)
  case invalid(String, GraphError)
  case unanalysable(String, OperatorError)
  case unbuildable(ArchitectureError)
  case unwritable(ONNXError)
  case unexportable(OperatorError)
}

extension ModelFailure: CustomStringConvertible {
  /// The file, the place and the cure.
  package var description: String {
    switch self {
    case .unreadable(let error), .unwritable(let error): "\(error)"
    case .invalid(let name, let error): "\(name): not a valid graph: \(error)"
    case .unanalysable(let name, let error): "\(name): \(error)"
    case .unbuildable(let error): "\(error)"
    case .unexportable(let error): "cannot be exported: \(error)"
    }
  }
}
