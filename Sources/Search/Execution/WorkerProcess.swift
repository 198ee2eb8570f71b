import Glibc

/// A process that works and writes its result to its standard output; its errors go where this process's go.
@safe
final class WorkerProcess {
  /// How a process ended.
  struct End {
    var output: [UInt8]
    /// The signal that ended it; nil where it ended by itself.
    var signal: Int32?
    var code: Int32

    /// Whether it was ended from outside, or crashed.
    var isDeath: Bool { signal != nil }

    var text: String {
      signal.map { "was ended by signal \($0)" }
        ?? "ended with exit code \(code) and without a result"
    }
  }

  private let process: pid_t
  /// Where its output comes from.
  private let output: Int32
  /// What it holds on to: when this end is closed, it ends.
  private let hold: Int32
  private var bytes: [UInt8] = []

  /// Starts a program.
  ///
  /// - Throws: ``SearchError/worker(_:)``.
  init(_ command: [String]) throws(SearchError) {
    let (outRead, outWrite) = try Self.pipe()
    let (inRead, inWrite) = try Self.pipe()
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, inRead, STDIN_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, outWrite, STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // A group of its own: Ctrl-C reaches the program that asks, which ends its workers.
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var started: pid_t = 0
    let status = unsafe posix_spawn(
      &started,
      command[0],
      &actions,
      &attributes,
      &arguments,
      environ
    )
    close(outWrite)
    close(inRead)
    guard status == 0 else {
      close(outRead)
      close(inWrite)
      throw .worker("\(command[0]) does not start: \(unsafe String(cString: strerror(status)))")
    }
    process = started
    output = outRead
    hold = inWrite
  }

  /// Waits for the first of some processes to close its output, reading what they write.
  ///
  /// - Returns: its place.
  static func firstToEnd(of workers: [WorkerProcess]) throws(SearchError) -> Int {
    while true {
      var files = workers.map { pollfd(fd: $0.output, events: Int16(POLLIN), revents: 0) }
      let ready = unsafe poll(&files, nfds_t(files.count), -1)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { throw .worker(unsafe String(cString: strerror(errno))) }
      for (place, file) in files.enumerated() where file.revents != 0 {
        if !workers[place].read() { return place }
      }
    }
  }

  /// Sends a signal to the process and those that it started.
  func signal(_ signal: Int32) { kill(-process, signal) }

  /// Waits for the process to end.
  ///
  /// - Parameter killing: whether it is ended at once.
  /// - Returns: how it ended.
  func end(killing: Bool = false) -> End {
    if killing { signal(SIGKILL) }
    close(hold)
    close(output)
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return End(
      output: bytes,
      signal: signal == 0 ? nil : signal,
      code: signal == 0 ? (status >> 8) & 0xFF : 0
    )
  }

  /// Reads what is there; false at the end.
  private func read() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe Glibc.read(output, &buffer, buffer.count)
    if count < 0, errno == EINTR { return true }
    guard count > 0 else { return false }
    bytes += buffer.prefix(count)
    return true
  }

  /// A pipe whose ends no other program inherits.
  private static func pipe() throws(SearchError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard unsafe Glibc.pipe(&ends) == 0 else {
      throw .worker("no pipe: \(unsafe String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }
}

@available(*, unavailable) extension WorkerProcess: Sendable {}
