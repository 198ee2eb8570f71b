package import Files

/// One check of one strategy, and how it ended.
package struct ValidationResult: Sendable, Hashable {
  /// The group and the check, such as `memory.above`.
  package let check: String
  /// The strategy; empty for a check of the plugin as a whole.
  package let strategy: String
  package let verdict: ValidationVerdict
  /// What was found.
  package let text: String
  /// What `--reproduce` takes to run the same case again.
  package let seed: UInt64?
  package let seconds: Double

  /// The part before the point.
  package var group: String { String(check.prefix { $0 != "." }) }

  package var json: JSONValue {
    .object([
      .init("check", .string(check)), .init("strategy", .string(strategy)),
      .init("verdict", .string(verdict.rawValue)), .init("text", .string(text)),
      .init("seed", seed.map { .string(String($0)) } ?? .null),
      .init("seconds", .double(seconds)),
    ])
  }
}
