/// One value of a YAML document, with the place where it stands.
package struct YAMLNode: Sendable, Hashable {
  /// What the value is.
  package indirect enum Content: Sendable, Hashable {
    /// Text; `isPlain` when it stood without quotes, so that it may mean a number, a truth value or nothing.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([Entry])
  }

  /// One key of a mapping and its value.
  package struct Entry: Sendable, Hashable {
    package let key: String
    package let keyMark: YAMLMark
    package let value: YAMLNode

    package init(key: String, keyMark: YAMLMark, value: YAMLNode) {
      self.key = key
      self.keyMark = keyMark
      self.value = value
    }
  }

  package let content: Content
  package let mark: YAMLMark

  package init(_ content: Content, at mark: YAMLMark) {
    self.content = content
    self.mark = mark
  }
}

/// A place in a text, line and column counted from 1; or the option that gave the value in the text's stead.
package struct YAMLMark: Sendable, Hashable, CustomStringConvertible {
  package let line: Int
  package let column: Int
  /// The option as it is written, such as `--set seed`; nil for what stands in the text.
  package let option: String?

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
    option = nil
  }

  /// The place of what an option gives.
  package init(option: String) {
    line = 1
    column = 1
    self.option = option
  }

  /// The place as `line:column`, or the option.
  package var description: String { option ?? "\(line):\(column)" }
}

extension YAMLNode {
  /// True for an empty plain scalar, `null` or `~`.
  package var isNull: Bool {
    guard case .scalar(let text, true) = content else { return false }
    return text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
  }

  /// The truth value that a plain `true` or `false` stands for (YAML 1.2: `yes` and `no` are text).
  package var bool: Bool? {
    guard case .scalar(let text, true) = content else { return nil }
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  /// The whole number that a plain scalar stands for.
  package var int: Int? {
    guard case .scalar(let text, true) = content else { return nil }
    return Int(text)
  }

  /// The finite number that a plain scalar stands for.
  package var double: Double? {
    guard case .scalar(let text, true) = content, let first = text.first,
      first.isNumber || "+-.".contains(first), !text.contains("x"),
      let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  /// The text of a scalar, however it was written.
  package var text: String? {
    guard case .scalar(let text, _) = content else { return nil }
    return text
  }

  /// The items of a sequence.
  package var items: [YAMLNode]? {
    guard case .sequence(let items) = content else { return nil }
    return items
  }

  /// The entries of a mapping, in order.
  package var entries: [Entry]? {
    guard case .mapping(let entries) = content else { return nil }
    return entries
  }

  /// How messages name the kind of the value.
  package var kind: String {
    switch content {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .scalar(_, false): "text"
    case .scalar(let text, true):
      if isNull {
        "nothing"
      } else if bool != nil {
        "a truth value"
      } else if double != nil {
        "a number"
      } else {
        "the text '\(text)'"
      }
    }
  }
}
