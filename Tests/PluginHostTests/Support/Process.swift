import FoundationEssentials
import Glibc
import Testing

struct ProcessResult {
  let status: Int32
  let output: String
}

/// Runs a program to its end; standard output and error come back together.
func runProcess(_ arguments: [String], environment: [String] = []) throws -> ProcessResult {
  let log = "/tmp/espalier-output-\(getpid())-\(UInt64.random(in: 0 ... .max))"
  defer { unsafe unlink(log) }
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  unsafe posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
  var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
  defer { unsafe argv.forEach { unsafe free($0) } }
  var envp =
    unsafe (environment + ["PATH=/usr/bin:/bin", "HOME=/tmp"]).map { unsafe strdup($0) } + [nil]
  defer { unsafe envp.forEach { unsafe free($0) } }
  var child: pid_t = 0
  try #require(unsafe posix_spawn(&child, arguments[0], &actions, nil, &argv, &envp) == 0)
  var status: Int32 = 0
  while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
  let data = (try? Data(contentsOf: URL(filePath: log))) ?? Data()
  return ProcessResult(status: status, output: String(decoding: data, as: UTF8.self))
}
