/// The help of the program and of each verb, made from their declarations.
enum HelpText {
  /// All verbs, one a line.
  static func overview(of verbs: [Verb]) -> String {
    let verbs = verbs.filter { !$0.isHidden }
    let width = verbs.map(\.name.count).max() ?? 0
    let lines = verbs.map { "  \(pad($0.name, to: width))  \($0.summary)" }
    return """
      Makes detection models smaller, by strategies that are shared libraries.

      Usage: espalier COMMAND [ARGUMENTS]

      \(lines.joined(separator: "\n"))

      'espalier help COMMAND' explains one of them; --json prints JSON; --version the version.
      """ + "\n"
  }

  /// One verb's usage, operands, options and notes.
  static func page(of verb: Verb) -> String {
    let operands = verb.operands.map { $0.isOptional ? "[\($0.name)]" : $0.name }
    let usage = (["espalier", verb.name] + operands + ["[OPTIONS]"]).joined(separator: " ")
    var text = "\(verb.summary)\n\nUsage: \(usage)\n"
    let rows =
      verb.operands.map { ($0.name, $0.help) } + verb.allOptions.map { ($0.spelling, $0.help) }
    let width = min(rows.map(\.0.count).max() ?? 0, 30)
    text += "\n"
    for (name, help) in rows {
      text += "  \(pad(name, to: width))  \(help)\n"
    }
    if !verb.notes.isEmpty { text += "\n\(verb.notes)\n" }
    return text
  }

  /// Names and what they stand for, one a line.
  static func list(_ rows: [(name: String, doc: String)]) -> String {
    let width = rows.map(\.name.count).max() ?? 0
    return rows.map { "  \(pad($0.name, to: width))  \($0.doc)" }.joined(separator: "\n")
  }

  private static func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
