import Graphs

/// A mapping of a recipe while it is read: takes keys, checks kinds, and refuses what nobody took.
struct RecipeSection {
  let file: String
  /// How messages name the mapping, such as `a recipe` or `the step 'prune'`.
  let name: String
  let mark: YAMLMark
  private var rest: [YAMLNode.Entry]
  private var known: [String] = []

  init(_ node: YAMLNode, name: String, key: String, file: String) throws(RecipeError) {
    guard let entries = node.entries else {
      throw RecipeError(
        .wrongKind(key: key, found: node.kind, wanted: "a mapping of keys to values"),
        file: file,
        mark: node.mark
      )
    }
    self.file = file
    self.name = name
    mark = node.mark
    rest = entries
  }

  /// The value of a key, if it is there and not empty.
  ///
  /// An alias is understood, but not among the keys that messages name.
  mutating func take(_ key: String, isAlias: Bool = false) -> YAMLNode? {
    if !isAlias { known.append(key) }
    guard let index = rest.firstIndex(where: { $0.key == key }) else { return nil }
    let value = rest.remove(at: index).value
    return value.isNull ? nil : value
  }

  /// The value of a key where it is a mapping; another stays.
  mutating func takeMapping(_ key: String) -> YAMLNode? {
    guard let index = rest.firstIndex(where: { $0.key == key && $0.value.entries != nil }) else {
      return nil
    }
    return rest.remove(at: index).value
  }

  /// Keys that nobody has taken yet.
  var keys: [String] { rest.map(\.key) }

  /// The value of a key that must be there.
  mutating func require(_ key: String) throws(RecipeError) -> YAMLNode {
    guard let value = take(key) else { throw missing(key) }
    return value
  }

  /// The error of a key that must be there: the place where it is misspelt, or the mapping that lacks it.
  func missing(_ key: String) -> RecipeError {
    if let entry = rest.first(where: { Graphs.nearest(to: $0.key, in: [key]) != nil }) {
      return RecipeError(
        .unknownKey(entry.key, of: name, nearest: key, known: known),
        file: file,
        mark: entry.keyMark
      )
    }
    return RecipeError(.missingKey(key, of: name), file: file, mark: mark)
  }

  /// The text of a key.
  package mutating func text(_ key: String) throws(RecipeError) -> String? {
    guard let node = take(key) else { return nil }
    guard let text = node.text else { throw wrong(key, node, wanted: "text") }
    return text
  }

  /// A whole number in `range`.
  package mutating func int(_ key: String, in range: ClosedRange<Int>) throws(RecipeError) -> Int? {
    guard let node = take(key) else { return nil }
    let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let value = node.int else { throw wrong(key, node, wanted: wanted) }
    guard range.contains(value) else {
      throw RecipeError(
        .badValue(key: key, found: "\(value)", wanted: wanted),
        file: file,
        mark: node.mark
      )
    }
    return value
  }

  /// What is left over: the parameters of a strategy.
  mutating func takeRest() -> [YAMLNode.Entry] {
    defer { rest = [] }
    return rest
  }

  /// Refuses the first key that nobody took; called when all known keys were asked for.
  func finish(alsoKnown: [String] = []) throws(RecipeError) {
    guard let entry = rest.first else { return }
    let names = known + alsoKnown
    throw RecipeError(
      .unknownKey(
        entry.key,
        of: name,
        nearest: Graphs.nearest(to: entry.key, in: names),
        known: names
      ),
      file: file,
      mark: entry.keyMark
    )
  }

  /// The error of a value of the wrong kind.
  func wrong(_ key: String, _ node: YAMLNode, wanted: String) -> RecipeError {
    RecipeError(
      .wrongKind(key: key, found: node.kind, wanted: wanted),
      file: file,
      mark: node.mark
    )
  }
}
