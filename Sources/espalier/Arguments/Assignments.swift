import Compression

/// `--set NAME=VALUE`, as strategies' parameters.
enum Assignments {
  /// The parameters, values as a recipe would have them; what is no YAML is text.
  static func parameters(_ texts: [String]) throws(UsageError) -> [PruneSettings.Parameter] {
    var parameters: [PruneSettings.Parameter] = []
    for assignment in texts {
      let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw .badValue("set", assignment, wanted: "NAME=VALUE")
      }
      let written = String(parts[1])
      parameters.append(
        .init(String(parts[0]), (try? YAMLReader.read(written)) ?? text(written))
      )
    }
    return parameters
  }

  /// A text that is nothing else.
  static func text(_ text: String) -> YAMLNode {
    YAMLNode(.scalar(text, isPlain: false), at: YAMLMark(line: 1, column: 1))
  }
}
