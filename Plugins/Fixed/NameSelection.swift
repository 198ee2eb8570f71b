import Graphs
import PluginKit

/// Names of groups, each a whole name or a pattern of whole names.
struct NameSelection: Sendable {
  private let patterns: [NamePattern]

  init(_ texts: [String]) { patterns = texts.map { NamePattern($0) } }

  var isEmpty: Bool { patterns.isEmpty }

  /// Those of the names that any pattern selects.
  ///
  /// - Throws: `PluginError` for a text that selects nothing, which is a misspelling.
  func selected(from names: [String], parameter: String) throws(PluginError) -> Set<String> {
    var all: Set<String> = []
    for pattern in patterns {
      let found = pattern.selected(from: names)
      guard !found.isEmpty else {
        throw PluginError(
          .notFound,
          "\"\(pattern.text)\" in \"\(parameter)\" matches no channel group; there are \(names.count), such as "
            + names.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ")
            + "; a text is a whole name, * stands for any characters"
        )
      }
      all.formUnion(found)
    }
    return all
  }
}
