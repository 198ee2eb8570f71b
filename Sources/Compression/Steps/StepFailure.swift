package import Graphs
package import Operators
package import PluginHost

/// Why a step could not be done; the model is as it was.
package enum StepFailure: Error, Sendable {
  /// The strategy of this name is not to be had, or failed.
  case strategy(PluginHostError, of: String)
  /// The plan does not fit the model.
  case plan(PruningError)
  /// The cut does not fit the graph.
  case cut(GraphError)
  /// The small graph does not fit together.
  case analysis(OperatorError)
  case outputChanged(String)
}

extension StepFailure: CustomStringConvertible {
  /// What happened, and the cure where there is one.
  package var description: String {
    switch self {
    case .strategy(let error, _): "\(error)"
    case .plan(let error): "\(error)"
    case .cut(let error): "the cut graph is not valid, nothing was written: \(error)"
    case .analysis(let error): "the cut graph does not fit together, nothing was written: \(error)"
    case .outputChanged(let name):
      "the cut would change the shape of the output '\(name)', nothing was written"
    }
  }
}
