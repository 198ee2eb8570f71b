package import Graphs
package import Operators

/// Why a model could not be cut; it is as it was.
package enum PruneFailure: Error, Sendable {
  /// The plan does not fit the model.
  case plan(PruningError)
  /// The cut does not fit the graph.
  case cut(GraphError)
  /// The small graph does not fit together.
  case analysis(OperatorError)
  case outputChanged(String)
}

extension PruneFailure: CustomStringConvertible {
  /// What happened, and the cure where there is one.
  package var description: String {
    switch self {
    case .plan(let error): "\(error)"
    case .cut(let error): "the cut graph is not valid, nothing was written: \(error)"
    case .analysis(let error): "the cut graph does not fit together, nothing was written: \(error)"
    case .outputChanged(let name):
      "the cut would change the shape of the output '\(name)', nothing was written"
    }
  }
}
