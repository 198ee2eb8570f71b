/// One command of the program: what it takes, what it says of itself, and what it does.
struct Verb: Sendable {
  /// An argument that is not an option.
  struct Operand: Sendable {
    let name: String
    var isOptional = false
    /// Whether more of the kind may follow; the last operand only.
    var repeats = false
    let help: String
  }

  /// One or two words, such as `prune` or `plugin list`.
  let name: String
  let summary: String
  var operands: [Operand] = []
  var options: [Option] = []
  /// Lines below the options in help: examples, or what is written where.
  var notes: String = ""
  /// Whether only this program itself calls it.
  var isHidden = false
  let run: @Sendable (Invocation, Console) throws -> ExitCode

  /// Every option, the two that all verbs have included.
  var allOptions: [Option] { options + [.json, .help] }
}
