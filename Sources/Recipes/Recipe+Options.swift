package import Files

extension Recipe {
  /// The recipe that options of a command stand for.
  ///
  /// - Parameters:
  ///   - values: what a recipe's file would hold.
  ///   - overrides: values that stand in place of those.
  ///   - command: how errors name where the values come from.
  ///   - file: where the recipe will be kept.
  /// - Returns: the recipe, whose source has the text to keep.
  /// - Throws: ``RecipeError`` that names the command or the override.
  package static func made(
    of values: JSONValue,
    overrides: RecipeOverrides,
    by command: String,
    file: String
  ) throws(RecipeError) -> Recipe {
    try read(YAMLNode(values, at: YAMLMark(option: command)), file: file, overrides: overrides)
  }
}

extension YAMLNode {
  /// The same value, all of which stands at one place; texts mean nothing but themselves.
  fileprivate init(_ value: JSONValue, at mark: YAMLMark) {
    switch value {
    case .array(let items):
      self.init(.sequence(items.map { YAMLNode($0, at: mark) }), at: mark)
    case .object(let members):
      let entries = members.map {
        Entry(key: $0.key, keyMark: mark, value: YAMLNode($0.value, at: mark))
      }
      self.init(.mapping(entries), at: mark)
    case .string(let text): self.init(.scalar(text, isPlain: false), at: mark)
    case .null, .bool, .int, .double, .digits:
      self.init(.scalar(value.line, isPlain: true), at: mark)
    }
  }
}
