import CWorker
import Glibc

/// A process that runs a stranger's code, as the one that started it sees it.
///
/// It has a session of its own, answers through a channel, and is confined. What it prints is kept, up to a length. Its
/// owner calls ``end()``, which leaves no process behind.
@safe
package final class ChildProcess {
  package let identifier: Int32
  /// What it wrote to its standard output.
  package private(set) var output = OutputTail()
  /// What it wrote to its standard error.
  package private(set) var errors = OutputTail()

  private let confinement: Confinement
  private let mark: String
  private let channel: Int32
  /// Where what it prints comes from; negative for what it has closed.
  private var streams: [Int32]
  private var isClosed = false
  private var inbox = Inbox()
  private var ended: ProcessEnd?
  private let stopFlag: SharedFlag

  /// Starts a program; its arguments are followed by what ``Workplace`` reads.
  package init(
    _ program: String,
    _ arguments: [String],
    confinement: Confinement
  ) throws(ProcessFailure) {
    var ends: [Int32] = [0, 0]
    let error = unsafe esp_worker_channel(&ends)
    guard error == 0 else { throw .start(Self.text(of: error)) }
    defer { close(ends[1]) }
    let page = esp_worker_page()
    defer { if page >= 0 { close(page) } }
    guard let flag = SharedFlag(page: page) else {
      close(ends[0])
      throw .start("no shared memory")
    }
    guard let output = Self.pipe(), let errors = Self.pipe() else {
      close(ends[0])
      throw .start(Self.text(of: errno))
    }
    mark = "ESPALIER_WORKER=\(UInt64.random(in: .min ... .max))"
    let words = [program] + arguments + ["\(ends[1])", "\(page)"] + confinement.arguments
    var argv: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = unsafe Self.environment(adding: mark).map {
      unsafe strdup($0)
    }
    unsafe envp.append(nil)
    defer { unsafe (argv + envp).forEach { unsafe free($0) } }
    var started: pid_t = 0
    let kept = [ends[1], page]
    let status = unsafe esp_worker_spawn(
      program,
      &argv,
      &envp,
      kept,
      UInt32(kept.count),
      output.write,
      errors.write,
      &started
    )
    close(output.write)
    close(errors.write)
    identifier = started
    channel = ends[0]
    streams = [output.read, errors.read]
    stopFlag = flag
    self.confinement = confinement
    guard status == 0 else {
      for file in [channel] + streams { close(file) }
      isClosed = true
      ended = ProcessEnd(status: 0)
      throw .start("\(program): \(Self.text(of: status))")
    }
    for file in [channel] + streams { _ = fcntl(file, F_SETFL, O_NONBLOCK) }
  }

  /// Asks the code to end soon, or takes that back.
  package func setStopFlag(_ stop: Bool) { stopFlag.set(stop) }

  /// Sends a message; a process that reads nothing is waited for until the deadline.
  package func send(
    _ frame: Frame,
    until deadline: ContinuousClock.Instant?
  ) throws(ProcessFailure) {
    try send(frame.header, until: deadline)
    try send(frame.payload, until: deadline)
  }

  /// Waits for the next message.
  ///
  /// - Parameters:
  ///   - deadline: When to give up; `nil` for never.
  ///   - waiting: Called now and then while nothing comes.
  /// - Returns: The message.
  /// - Throws: Why none will come.
  package func receive(
    until deadline: ContinuousClock.Instant?,
    waiting: () -> Void = {}
  ) throws(ProcessFailure) -> Frame {
    while true {
      if let ended, isClosed { throw .ended(ended) }
      switch inbox.read(channel) {
      case .frame(let frame): return frame
      case .nothing: try wait(for: Int16(POLLIN), until: deadline, waiting)
      case .closed: throw whyClosed()
      case .broken: throw .connection("sent what is no message")
      }
    }
  }

  private func send(
    _ bytes: [UInt8],
    until deadline: ContinuousClock.Instant?
  ) throws(ProcessFailure) {
    var done = 0
    while done < bytes.count {
      if let ended, isClosed { throw .ended(ended) }
      let count = unsafe bytes.withUnsafeBytes { bytes in
        unsafe Glibc.send(
          channel,
          bytes.baseAddress.map { unsafe $0 + done },
          bytes.count - done,
          Int32(MSG_NOSIGNAL)
        )
      }
      if count > 0 {
        done += count
      } else if errno == EAGAIN {
        try wait(for: Int16(POLLOUT), until: deadline) {}
      } else if errno != EINTR {
        throw whyClosed()
      }
    }
  }

  /// Waits a moment for the channel, reading what is printed and watching the memory.
  private func wait(
    for events: Int16,
    until deadline: ContinuousClock.Instant?,
    _ waiting: () -> Void
  ) throws(ProcessFailure) {
    if let deadline, ContinuousClock.now >= deadline { throw .deadline }
    var files = [pollfd(fd: channel, events: events, revents: 0)]
    files += streams.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let ready = unsafe poll(&files, nfds_t(files.count), 20)
    drain()
    if ready == 0 {
      // What it started may still hold the channel.
      if let end = reaped() { throw .ended(end) }
      waiting()
    }
    if let memory = ProcessTree.memory(of: identifier), memory > confinement.memory {
      throw .memory(limit: confinement.memory)
    }
  }

  /// Reads what was printed so far.
  private func drain() {
    var part = [UInt8](repeating: 0, count: 1 << 16)
    // A process that prints without end is not listened to for ever.
    for (place, file) in streams.enumerated() where file >= 0 {
      for _ in 0..<4 {
        let count = unsafe Glibc.read(file, &part, part.count)
        if count == 0 {
          close(file)
          streams[place] = -1
        }
        guard count > 0 else { break }
        if place == 0 { output.add(part[..<count]) } else { errors.add(part[..<count]) }
      }
    }
  }

  /// Why nothing more can come: it ended, or it closed the channel.
  private func whyClosed() -> ProcessFailure {
    for _ in 0..<50 {
      if let end = reaped() { return .ended(end) }
      drain()
      usleep(10_000)
    }
    return .connection("closed its connection and still runs")
  }

  private func reaped() -> ProcessEnd? {
    if let ended { return ended }
    var status: Int32 = 0
    guard unsafe waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
    ended = ProcessEnd(status: status)
    return ended
  }

  /// Ends the process and all that it started: asked for its place first where `asking`, then asked to end, then killed.
  ///
  /// - Parameter asking: Whether a process at work is first sent SIGABRT, at which it says where it is.
  /// - Returns: How it ended.
  @discardableResult
  package func end(asking: Bool = false) -> ProcessEnd {
    guard !isClosed else { return ended ?? ProcessEnd(status: 0) }
    var below = reaped() == nil ? ProcessTree.descendants(of: identifier) : []
    for signal in asking ? [SIGABRT, SIGTERM] : [SIGTERM] where reaped() == nil {
      kill(identifier, signal)
      for _ in 0..<25 where reaped() == nil {
        drain()
        usleep(10_000)
      }
    }
    if reaped() == nil { below += ProcessTree.descendants(of: identifier) }
    kill(-identifier, SIGKILL)
    for process in below { kill(process, SIGKILL) }
    while ended == nil {
      var status: Int32 = 0
      if unsafe waitpid(identifier, &status, 0) == identifier {
        ended = ProcessEnd(status: status)
      } else if errno != EINTR {
        ended = ProcessEnd(status: 0)
      }
    }
    // Those that were started by one that is gone, until none starts another.
    for _ in 0..<100 {
      let left = ProcessTree.processes(marked: mark)
      if left.isEmpty { break }
      for process in left { kill(process, SIGKILL) }
      usleep(5_000)
    }
    drain()
    for file in streams + [channel] where file >= 0 { close(file) }
    isClosed = true
    return ended ?? ProcessEnd(status: 0)
  }

  deinit { end() }

  private static func text(of error: Int32) -> String { unsafe String(cString: strerror(error)) }

  private static func environment(adding entry: String) -> [String] {
    var entries: [String] = []
    var next = unsafe environ
    while let text = unsafe next.pointee {
      entries.append(unsafe String(cString: text))
      unsafe next += 1
    }
    return entries.filter { !$0.hasPrefix("ESPALIER_WORKER=") } + [entry]
  }

  private static func pipe() -> (read: Int32, write: Int32)? {
    var ends: [Int32] = [0, 0]
    guard unsafe Glibc.pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }
}

@available(*, unavailable) extension ChildProcess: Sendable {}
