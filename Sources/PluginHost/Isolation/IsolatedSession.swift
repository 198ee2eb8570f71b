import PluginKit
import Processes

/// A strategy in a process of its own, as the host calls it; a process that is lost is replaced at the next call.
///
/// `@unchecked`: `lock` keeps calls of several threads apart.
final class IsolatedSession: @unchecked Sendable {
  /// Answers a question of the plugin.
  typealias Answering = (
    Dialogue.Question, inout Unpacker, inout Packer
  ) throws(PluginError) -> Void

  let plugin: String
  private let launch: IsolatedLaunch
  /// The strategy and its settings; `nil` for a process that is only asked what there is.
  private let strategy: (id: String, settings: Settings)?
  private let log: PluginLog
  private let lock = RecursiveLock()
  private var process: ChildProcess?
  private var depth = 0
  /// What a plugin may still do once it is asked to stop.
  private static let grace = Duration.seconds(5)

  init(
    _ launch: IsolatedLaunch,
    plugin: String,
    strategy: (id: String, settings: Settings)?,
    log: @escaping PluginLog
  ) {
    self.launch = launch
    self.plugin = plugin
    self.strategy = strategy
    self.log = log
  }

  deinit { process?.end() }

  /// Ends the process, if there is one.
  func end() {
    lock.lock()
    defer { lock.unlock() }
    process?.end()
    process = nil
  }

  /// Calls a function of the plugin.
  ///
  /// - Parameters:
  ///   - function: Which.
  ///   - layer: The place that messages name.
  ///   - stops: Whether the host wants the call to end.
  ///   - answering: What answers the plugin's questions.
  ///   - arguments: Adds the arguments.
  /// - Returns: The result.
  /// - Throws: What the plugin has thrown, or how its process was lost.
  func call(
    _ function: Dialogue.Function,
    layer: String? = nil,
    stops: () -> Bool = { false },
    answering: Answering? = nil,
    _ arguments: (inout Packer) -> Void
  ) throws(PluginError) -> Unpacker {
    lock.lock()
    defer { lock.unlock() }
    let origin = PluginError.Origin(plugin: plugin, function: function.name, layer: layer)
    let arguments = Packer.bytes { packer in
      packer.add(function.rawValue)
      arguments(&packer)
    }
    let result: Result<Unpacker, PluginError>
    do throws(ProcessFailure) {
      let process = try running()
      if depth == 0 { process.setStopFlag(false) }
      depth += 1
      defer { depth -= 1 }
      let frame = Frame(Dialogue.Kind.call.rawValue, arguments)
      result = try exchange(frame, process, stops, answering)
    } catch {
      throw lost(error, origin, wasStopped: stops())
    }
    if case .failure(let error) = result, let fault = error.cause as? PluginFault,
      fault.code.endsPlugin
    {
      // The plugin there is called no more; the next call has a new process.
      process?.end()
      process = nil
    }
    return try result.get()
  }

  /// Calls a function whose result does not matter, in a process that is still there.
  func tell(_ function: Dialogue.Function, _ arguments: (inout Packer) -> Void) {
    lock.lock()
    defer { lock.unlock() }
    if process != nil { _ = try? call(function, arguments) }
  }

  /// The process, started where there is none.
  private func running() throws(ProcessFailure) -> ChildProcess {
    if let process { return process }
    let process = try ChildProcess(
      launch.program,
      ["plugin", "worker"],
      confinement: launch.confinement
    )
    self.process = process
    let arguments = Packer.bytes { packer in
      packer.add(Dialogue.Function.create.rawValue)
      launch.pack(into: &packer)
      packer.add(strategy != nil)
      if let strategy {
        packer.add(strategy.id)
        packer.add(strategy.settings)
      }
    }
    let frame = Frame(Dialogue.Kind.call.rawValue, arguments)
    let made = try exchange(frame, process, { false }, nil)
    if case .failure(let error) = made {
      process.end()
      self.process = nil
      throw .start("\(error)")
    }
    return process
  }

  /// Sends a call, and answers until its result comes.
  private func exchange(
    _ call: Frame,
    _ process: ChildProcess,
    _ stops: () -> Bool,
    _ answering: Answering?
  ) throws(ProcessFailure) -> Result<Unpacker, PluginError> {
    try process.send(call, until: launch.deadline.map { ContinuousClock.now + $0 })
    var lastWord = ContinuousClock.now
    var stopped: ContinuousClock.Instant?
    while true {
      let frame: Frame
      do throws(ProcessFailure) {
        frame = try process.receive(until: ContinuousClock.now + .milliseconds(50))
      } catch {
        guard error == .deadline else { throw error }
        let now = ContinuousClock.now
        let isLate = launch.deadline.map { now - lastWord > $0 } ?? false
        if stopped == nil, isLate || stops() {
          process.setStopFlag(true)
          stopped = now
        }
        if let stopped, now - stopped > min(Self.grace, launch.deadline ?? Self.grace) {
          throw .deadline
        }
        continue
      }
      var unpacker = Unpacker(frame.payload)
      switch Dialogue.Kind(rawValue: frame.kind) {
      case .result?: return .success(unpacker)
      case .failure?: return .failure(PluginError.read(from: &unpacker))
      case .remark?: remark(&unpacker)
      case .question?: try process.send(answer(&unpacker, answering), until: nil)
      default: throw .connection("sent what is no message")
      }
      lastWord = ContinuousClock.now
    }
  }

  private func answer(_ unpacker: inout Unpacker, _ answering: Answering?) -> Frame {
    do throws(PluginError) {
      guard let question = Dialogue.Question(rawValue: try unpacker.int()), let answering else {
        throw .garbled
      }
      var packer = Packer()
      try answering(question, &unpacker, &packer)
      return Frame(Dialogue.Kind.answer.rawValue, packer.bytes)
    } catch {
      return Frame(Dialogue.Kind.refusal.rawValue, Packer.bytes { error.pack(into: &$0) })
    }
  }

  private func remark(_ unpacker: inout Unpacker) {
    guard let level = try? unpacker.int(), let text = try? unpacker.text() else { return }
    log(LogLevel(rawValue: Int32(clamping: level)) ?? .info, plugin, text)
  }

  /// The error of a process that gave no result; the process is ended.
  private func lost(
    _ failure: ProcessFailure,
    _ origin: PluginError.Origin,
    wasStopped: Bool
  ) -> PluginError {
    let process = self.process
    self.process = nil
    process?.end(asking: failure == .deadline)
    let report = GuardReport(in: process?.errors.text ?? "")
    let code: PluginError.Code =
      switch failure {
      case .deadline: wasStopped ? .cancelled : .deadline
      case .memory: .outOfMemory
      default: .internalError
      }
    // A process that did not answer was asked for its place by a signal, which is no crash.
    let isCrash = report != nil && failure != .deadline
    let said = report.map { isCrash ? $0.what : "\(failure); it was in \($0.place)" }
    return PluginError(
      code,
      "in a process of its own: \(said ?? "\(failure)")",
      cause: report.map { PluginFault(failure == .deadline ? .hung : $0.code) },
      origin: origin
    )
  }
}

extension PluginError {
  /// The error that another process sent.
  static func read(from unpacker: inout Unpacker) -> PluginError {
    do throws(PluginError) { return try PluginError(from: &unpacker) } catch { return error }
  }
}
