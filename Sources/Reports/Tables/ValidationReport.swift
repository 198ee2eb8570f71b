package import Files
package import Validation

/// What the checks of a plugin found.
package struct ValidationReport {
  private let results: [ValidationResult]
  private let plugin: String
  private let operand: String
  private let record: String?

  /// - Parameters:
  ///   - results: In the order of the checks.
  ///   - plugin: The plugin's id.
  ///   - operand: How the user named it.
  ///   - record: The file that says that it passed; `nil` where none was written.
  package init(_ results: [ValidationResult], plugin: String, operand: String, record: String?) {
    self.results = results
    self.plugin = plugin
    self.operand = operand
    self.record = record
  }

  /// Whether the plugin may be used.
  package var passed: Bool { !results.isEmpty && results.allSatisfy(\.verdict.isAcceptable) }

  private func count(_ verdicts: ValidationVerdict...) -> Int {
    results.count { verdicts.contains($0.verdict) }
  }

  /// A table of the checks, and what to do about those that failed.
  package var text: String {
    var table = TextTable([
      .words("check"), .words("strategy", limit: 40), .words("verdict"), .numbers("s"),
    ])
    for result in results {
      table.add([
        result.check, result.strategy, result.verdict.rawValue, Figures.fixed(result.seconds, 2),
      ])
    }
    var text = table.text + "\n"
    var told: Set<[String]> = []
    for result in results where !result.text.isEmpty {
      let place = [result.check, result.strategy].filter { !$0.isEmpty }.joined(separator: " of ")
      // Why one check is skipped is mostly why the others are.
      guard
        result.verdict != .skip || told.insert([result.strategy, result.verdict.rawValue]).inserted
      else { continue }
      text += "\(result.verdict.rawValue) \(place): \(result.text)\n"
      if let seed = result.seed {
        text +=
          "  again: espalier plugin validate \(operand) --include \(result.check) --reproduce \(seed)\n"
      }
    }
    let bad = results.count - count(.pass, .skip, .warn)
    text +=
      "\(plugin): \(count(.pass)) passed, \(count(.warn)) with a remark, \(count(.skip)) skipped, \(bad) failed\n"
    if let record { text += "recorded in \(record)\n" }
    return text
  }

  /// The same as JSON, on the schema `espalier.validation/1` of docs/cli.md.
  package var json: JSONValue {
    [
      "schema": "espalier.validation/1", "plugin": .string(plugin), "passed": .bool(passed),
      "results": .array(results.map(\.json)), "record": JSONValue(record),
    ]
  }
}
