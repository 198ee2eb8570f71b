extension JSONValue {
  /// The value as JSON text, indented by two spaces, lists of plain values on one line.
  package var text: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }

  /// The value as JSON text on one line.
  package var line: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  private var isPlain: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += "\(value)"
    case .double(let value): text += value.isFinite ? "\(value)" : "null"
    case .digits(let digits): text += digits
    case .string(let value): Self.quote(value, to: &text)
    case .array(let items):
      Self.list(items, open: "[", close: "]", to: &text, indent: indent, oneLine: isPlainList) {
        $0.write(to: &$1, indent: $2)
      }
    case .object(let members):
      Self.list(members, open: "{", close: "}", to: &text, indent: indent, oneLine: false) {
        Self.quote($0.key, to: &$1)
        $1 += $2 == nil ? ":" : ": "
        $0.value.write(to: &$1, indent: $2)
      }
    }
  }

  private var isPlainList: Bool {
    guard case .array(let items) = self else { return false }
    return items.allSatisfy(\.isPlain)
  }

  private static func list<Item>(
    _ items: [Item],
    open: String,
    close: String,
    to text: inout String,
    indent: Int?,
    oneLine: Bool,
    write: (Item, inout String, Int?) -> Void
  ) {
    text += open
    let inner = oneLine ? nil : indent.map { $0 + 2 }
    for (index, item) in items.enumerated() {
      if index > 0 { text += oneLine && indent != nil ? ", " : "," }
      if let inner { text += "\n" + String(repeating: " ", count: inner) }
      write(item, &text, inner)
    }
    if let indent, !oneLine, !items.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
    text += close
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
