/// A text that selects layers, groups or weights by name: a whole name, or one in which `*` stands for any characters.
///
/// `Conv_1` is not `Conv_10`; `Conv_1*` is both. A regular expression of a whole name is understood too, where the text has
/// more of one than dots and stars, as `(head|neck)[.].*` has, or `.*`.
public struct NamePattern: Sendable, Hashable {
  /// The text as it was written.
  public let text: String

  /// A pattern.
  public init(_ text: String) { self.text = text }

  /// Whether a name is selected.
  public func matches(_ name: String) -> Bool { !selected(from: CollectionOfOne(name)).isEmpty }

  /// The names that are selected, in their order.
  ///
  /// - Complexity: O(names x characters); an expression is compiled once.
  public func selected(from names: some Sequence<String>) -> [String] {
    let expression = isExpression ? try? Regex(text) : nil
    return names.filter { name in
      name == text || fits(name)
        || expression.map { (try? $0.wholeMatch(in: name)) != nil } ?? false
    }
  }

  private var isExpression: Bool {
    text.contains(".*") || text.contains { "[](){}|+?\\^$".contains($0) }
  }

  /// Whether the name is the text with its stars replaced.
  private func fits(_ name: String) -> Bool {
    let parts = text.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1, let first = parts.first, let last = parts.last else { return false }
    guard name.hasPrefix(first), name.count >= first.count + last.count, name.hasSuffix(last)
    else { return false }
    var rest = name.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }
}
