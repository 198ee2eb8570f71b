import Operators

/// Outcomes counted by operator, and the table of them.
struct Tally {
  private struct Row {
    var passed = 0
    var failed = 0
    var skipped = 0
    var reasons: [String: Int] = [:]
  }

  private var rows: [String: Row] = [:]
  private(set) var passed = 0
  private(set) var failed = 0
  private(set) var skipped = 0
  /// Cases passed whose model is of opset 22 or older.
  private(set) var passedInOpset22 = 0
  private(set) var failures: [(name: String, reason: String)] = []

  mutating func add(_ entry: Case, _ outcome: Trial.Outcome) {
    var row = rows[entry.operatorName] ?? Row()
    switch outcome {
    case .passed:
      row.passed += 1
      passed += 1
      if entry.opset <= OperatorSet.opset { passedInOpset22 += 1 }
    case .failed(let reason):
      row.failed += 1
      failed += 1
      failures.append(("\(entry.suite)/\(entry.name)", reason))
    case .skipped(let reason):
      row.skipped += 1
      skipped += 1
      row.reasons[reason, default: 0] += 1
    }
    rows[entry.operatorName] = row
  }

  /// The table: a line an operator.
  func table(claimed: Set<String>) -> String {
    var lines = [Self.line("operator", "claimed", "passed", "failed", "skipped", "why skipped")]
    for (name, row) in rows.sorted(by: { $0.key < $1.key }) {
      let reasons = row.reasons.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
      lines.append(
        Self.line(
          name,
          claimed.contains(name) ? "yes" : "no",
          "\(row.passed)",
          "\(row.failed)",
          "\(row.skipped)",
          reasons.joined(separator: "; ")
        )
      )
    }
    return lines.joined(separator: "\n")
  }

  /// Claimed operators that at least one case has shown to work.
  func shown(_ claimed: Set<String>) -> Int {
    rows.count { claimed.contains($0.key) && $0.value.passed > 0 }
  }

  private static func line(_ cells: String...) -> String {
    let widths = [27, 8, 7, 7, 8, 0]
    let padded = zip(cells, widths).map { cell, width in
      cell + String(repeating: " ", count: max(width - cell.count, cell.isEmpty ? width : 1))
    }
    var line = padded.joined()
    while line.last == " " { line.removeLast() }
    return line
  }
}
