import Compression
import PluginHost
import PluginKit

/// `--set NAME=VALUE`, as strategies' parameters.
enum Assignments {
  /// The parameters, values as a recipe would have them; what is no YAML is text.
  static func parameters(_ texts: [String]) throws(UsageError) -> [StrategyParameter] {
    var parameters: [StrategyParameter] = []
    for assignment in texts {
      let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw .badValue("set", assignment, wanted: "NAME=VALUE")
      }
      parameters.append(.init(String(parts[0]), ParameterValue(written: String(parts[1]))))
    }
    return parameters
  }
}
