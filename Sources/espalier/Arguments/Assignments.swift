import PluginHost
import PluginKit
import Recipes

/// What `--set` gives, once for each time it is given.
enum Assignments {
  /// The names and the texts behind the first `=`.
  static func pairs(
    _ texts: [String],
    wanted: String = "KEY=VALUE"
  ) throws(UsageError) -> [(key: String, value: String)] {
    var pairs: [(String, String)] = []
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw .badValue("set", text, wanted: wanted)
      }
      pairs.append((String(parts[0]), String(parts[1])))
    }
    return pairs
  }

  /// A strategy's parameters, values as a recipe would have them; what is no YAML is text.
  static func parameters(_ texts: [String]) throws(UsageError) -> [StrategyParameter] {
    try pairs(texts, wanted: "NAME=VALUE").map { .init($0.key, ParameterValue(written: $0.value)) }
  }

  /// A strategy's parameters, and those of the score that they name: `score=ID` with `score.NAME=VALUE`.
  static func scoredParameters(
    _ texts: [String]
  ) throws(UsageError) -> (own: [StrategyParameter], score: StrategyChoice?) {
    let prefix = "score."
    var own: [StrategyParameter] = []
    var scores: [StrategyParameter] = []
    for parameter in try parameters(texts) {
      if parameter.name.hasPrefix(prefix) {
        scores.append(
          StrategyParameter(String(parameter.name.dropFirst(prefix.count)), parameter.value)
        )
      } else {
        own.append(parameter)
      }
    }
    guard let first = scores.first else { return (own, nil) }
    guard case .string(let name)? = own.values["score"] else {
      throw .needs(
        "--set score=ID",
        because: "'score.\(first.name)' is a parameter of that strategy"
      )
    }
    return (own, StrategyChoice(name, parameters: scores))
  }
}
