import PluginKit

/// Names and regular expressions; an expression must match a whole name.
struct NameSelection: @unchecked Sendable {  // Regex is immutable but not marked Sendable
  private let names: Set<String>
  private let patterns: [(text: String, regex: Regex<AnyRegexOutput>)]

  init(_ texts: [String]) throws(PluginError) {
    names = Set(texts)
    var patterns: [(String, Regex<AnyRegexOutput>)] = []
    for text in texts {
      do {
        patterns.append((text, try Regex(text)))
      } catch {
        throw PluginError(
          .invalidArgument,
          "\"\(text)\" is not a regular expression: \(error)"
        )
      }
    }
    self.patterns = patterns
  }

  var isEmpty: Bool { patterns.isEmpty }

  func matches(_ name: String) -> Bool {
    names.contains(name) || patterns.contains { name.wholeMatch(of: $0.regex) != nil }
  }

  /// Throws for a text that selects nothing, which is a misspelling.
  func requireMatches(among known: [String], parameter: String) throws(PluginError) {
    guard !isEmpty else { return }
    for (text, regex) in patterns
    where !known.contains(where: { $0 == text || $0.wholeMatch(of: regex) != nil }) {
      throw PluginError(
        .notFound,
        "\"\(text)\" in \"\(parameter)\" matches no channel group; there are \(known.count), such as "
          + known.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ")
      )
    }
  }
}
