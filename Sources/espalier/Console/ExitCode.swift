/// What the program tells the shell.
///
/// docs/cli.md has the table; a number never changes its meaning.
enum ExitCode: Int32, Sendable {
  case success = 0
  /// A check that was asked for did not hold.
  case checkFailed = 1
  /// The command line was not understood.
  case usage = 2
  /// A file that was given cannot be read or used.
  case badInput = 3
  /// A plugin is unknown, was refused, or failed.
  case plugin = 4
  /// The runtime is missing or failed.
  case runtime = 5
  /// A result cannot be written.
  case output = 6
  /// Ctrl-C; what was begun is not there under its name, and checkpoints say where it was.
  case interrupted = 130
}
