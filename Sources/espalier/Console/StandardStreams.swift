import Glibc

/// Where results and remarks go.
///
/// The program's own descriptors of both, so that what a plugin prints to standard output, or a library of it,
/// is no part of the results: that goes to standard error.
struct StandardStreams: Sendable {
  let output: Int32
  let errors: Int32

  /// Takes standard output over for results.
  static func take() -> StandardStreams {
    let streams = StandardStreams(
      output: copy(of: STDOUT_FILENO),
      errors: copy(of: STDERR_FILENO)
    )
    if streams.output != STDOUT_FILENO { dup2(STDERR_FILENO, STDOUT_FILENO) }
    return streams
  }

  /// A descriptor of the same file that no program that is started gets, or the same where there is none to be had.
  private static func copy(of descriptor: Int32) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 64)
    return copy < 0 ? descriptor : copy
  }
}
