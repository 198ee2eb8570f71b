extension YAMLNode {
  /// The value as YAML in blocks, which reads as the same value again; comments and aliases are gone.
  package var yaml: String { lines().joined(separator: "\n") + "\n" }

  private func lines() -> [String] {
    switch content {
    case .scalar(let text, let isPlain): [Self.scalar(text, isPlain: isPlain)]
    case .sequence(let items):
      items.isEmpty
        ? ["[]"]
        : items.flatMap { item in
          let lines = item.lines()
          return ["- \(lines[0])"] + lines.dropFirst().map { "  \($0)" }
        }
    case .mapping(let entries):
      entries.isEmpty
        ? ["{}"]
        : entries.flatMap { entry in
          let lines = entry.value.lines()
          let key = Self.key(entry.key)
          return entry.value.isBlock
            ? ["\(key):"] + lines.map { "  \($0)" } : ["\(key): \(lines[0])"]
        }
    }
  }

  /// Whether the value stands on lines of its own below its key.
  private var isBlock: Bool {
    switch content {
    case .scalar: false
    case .sequence(let items): !items.isEmpty
    case .mapping(let entries): !entries.isEmpty
    }
  }

  private static func key(_ text: String) -> String {
    text.wholeMatch(of: #/[A-Za-z0-9_][A-Za-z0-9_.\-]*/#) == nil ? quoted(text) : text
  }

  /// Text without quotes stays so, which decides what it may mean; on several lines it means nothing but itself.
  private static func scalar(_ text: String, isPlain: Bool) -> String {
    isPlain && text.unicodeScalars.allSatisfy(isWrittenAsItIs) ? text : quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where isWrittenAsItIs(scalar): quoted.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      }
    }
    return quoted + "\""
  }

  /// Whether a character can stand in a line: all that YAML calls printable, but for what ends lines and for byte order marks.
  private static func isWrittenAsItIs(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2028, 0x2029, 0xFEFF: false
    case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...: true
    default: false
    }
  }
}
