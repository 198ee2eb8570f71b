package import Architectures
package import Graphs
package import ModelFormats
package import Operators

/// Why there is no model to work on.
package enum ModelFailure: Error, Sendable {
  case unreadable(ONNXError)
  /// A file or folder of another format.
  case foreign(String, ForeignModel)
  case invalid(String, GraphError)
  case unanalysable(String, OperatorError)
  case unbuildable(ArchitectureError)
  case unwritable(ONNXError)
  case unexportable(OperatorError)
  /// The file that was written, read back, is another model.
  case notAsMeant(String, written: GraphCost, meant: GraphCost)
}

extension ModelFailure: CustomStringConvertible {
  /// The file, the place and the cure.
  package var description: String {
    switch self {
    case .unreadable(let error), .unwritable(let error): "\(error)"
    case .foreign(let path, let model): "\(path) is \(model.kind), not an ONNX file; \(model.cure)"
    case .invalid(let name, let error): "\(name): not a valid graph: \(error)"
    case .unanalysable(let name, let error): "\(name): \(error)"
    case .unbuildable(let error): "\(error)"
    case .unexportable(let error): "cannot be exported: \(error)"
    case .notAsMeant(let path, let written, let meant):
      "\(path) was written, but read back it has \(written.parameters) parameters and "
        + "\(written.multiplyAdds) multiply-adds in place of \(meant.parameters) and "
        + "\(meant.multiplyAdds); do not use it, and report this"
    }
  }
}
