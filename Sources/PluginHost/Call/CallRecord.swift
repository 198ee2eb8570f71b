import CGuard
import PluginKit
import Synchronization

/// One call into a plugin: what C knows as `esp_call`; each interface adds what its functions ask for.
///
/// A record is never freed, and goes from one call of its plugin to the next: whatever pointer a plugin holds on to
/// meets a record, which refuses what does not belong to the call that lasts.
@safe
class CallRecord {
  private let open = Atomic(false)
  /// Memory lent to the plugin until the call ends; most calls lend none.
  final var arena: CArena {
    if let lent { return lent }
    let made = memory?.arena() ?? CArena()
    lent = made
    return made
  }
  private var lent: CArena?
  /// Where what is lent lies; `nil` for the heap.
  final var memory: PluginMemory?
  private let failures = Mutex<Failures?>(nil)
  private let failed = Atomic(false)

  /// What went wrong during the call; made by the first failure, so that a call without one pays nothing.
  private final class Failures {
    var last: PluginError?
    /// The last that the host answered to what the plugin asked; the plugin may put its own words around it.
    var answered: PluginError?
    /// The first answer that could not be taken, even where the plugin overlooked the status.
    var rejected: PluginError?
  }

  required init() {}

  /// Whether the call lasts; asked from any thread.
  final var isOpen: Bool { open.load(ordering: .acquiring) }

  /// Begins a call.
  final func begin() {
    if failed.load(ordering: .relaxed) {
      failed.store(false, ordering: .relaxed)
      failures.withLock { $0 = nil }
    }
    open.store(true, ordering: .releasing)
  }

  /// Ends the call: what was lent is freed.
  final func end() {
    open.store(false, ordering: .releasing)
    if lent != nil { lent = nil }
  }

  /// Drops what only this call refers to; an interface adds its own.
  func close() {}

  @unsafe final var pointer: OpaquePointer {
    unsafe OpaquePointer(Unmanaged.passUnretained(self).toOpaque())
  }

  @unsafe static func at(_ call: OpaquePointer) -> CallRecord {
    unsafe Unmanaged<CallRecord>.fromOpaque(UnsafeRawPointer(call)).takeUnretainedValue()
  }

  /// Whether the host wants the call to end soon; asked on its own thread only.
  ///
  /// An interface asks its context.
  var isUnwanted: Bool { false }

  /// Whether anything went wrong during the call.
  final var hasFailed: Bool { failed.load(ordering: .acquiring) }

  /// The first answer that could not be taken.
  final var rejection: PluginError? {
    guard hasFailed else { return nil }
    return failures.withLock { $0?.rejected }
  }

  /// Keeps the reason of a failure; the last one said before the status counts.
  final func note(_ error: PluginError) { keep(error, rejecting: false) }

  /// Keeps why the host cannot answer what the plugin asks, and returns the status.
  final func decline(_ error: PluginError) -> esp_status {
    note(error)
    failures.withLock { $0?.answered = error }
    return error.code.rawValue
  }

  /// Keeps the reason and returns its status.
  final func refuse(_ code: PluginError.Code, _ message: String) -> esp_status {
    note(PluginError(code, message))
    return code.rawValue
  }

  /// Keeps why an answer cannot be taken and returns its status.
  final func reject(_ error: PluginError) -> esp_status {
    keep(error, rejecting: true)
    return error.code.rawValue
  }

  private func keep(_ error: PluginError, rejecting: Bool) {
    guard isOpen else { return }
    failures.withLock { failures in
      let kept = failures ?? Failures()
      kept.last = error
      if rejecting, kept.rejected == nil { kept.rejected = error }
      failures = kept
    }
    failed.store(true, ordering: .releasing)
  }

  /// The error of a call that did not return 0.
  final func error(_ status: esp_status) -> PluginError {
    let code = PluginError.Code(rawValue: status)
    let kept = failures.withLock { ($0?.last, $0?.answered) }
    guard var error = kept.0, !error.message.isEmpty else {
      return PluginError(code, "it returned \(status) (\(code)) without a message")
    }
    error.code = code
    if let answer = kept.1, answer.code == code, !error.message.contains(answer.message) {
      error.message += ": \(answer.message)"
    }
    return error
  }
}

@available(*, unavailable)
extension CallRecord: Sendable {}
