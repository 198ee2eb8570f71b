/// How a check of a plugin ended.
package enum ValidationVerdict: String, Sendable, Hashable, CaseIterable {
  case pass
  /// It does not apply; the text has the reason.
  case skip
  /// It works, but not as well as it should.
  case warn
  case fail
  /// The process was ended by a signal, or the plugin ended it.
  case crash
  case timeout
  /// It used more memory than a worker may.
  case limit
  /// What came from the process was no answer.
  case lost = "protocol error"

  /// Whether the plugin may be used.
  package var isAcceptable: Bool { self == .pass || self == .skip || self == .warn }
}

/// What a check says of a plugin, beside that it passed.
enum Finding: Error, Sendable, Hashable {
  case fail(String)
  case skip(String)
}
