import CGuard
import PluginKit
import Synchronization

/// One call into a plugin: what C knows as `esp_call`; each interface adds what its functions ask for.
///
/// An instance keeps its record for the next call, so a pointer that a plugin holds on to meets a closed
/// record, which refuses.
@safe
class CallRecord {
  /// Whether the call lasts.
  private(set) var isOpen = true
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

  /// Begins a call.
  final func begin() {
    if failed.load(ordering: .relaxed) {
      failed.store(false, ordering: .relaxed)
      failures.withLock { $0 = nil }
    }
    isOpen = true
  }

  /// Ends the call: what was lent is freed.
  final func end() {
    isOpen = false
    if lent != nil { lent = nil }
  }

  @unsafe final var pointer: OpaquePointer {
    unsafe OpaquePointer(Unmanaged.passUnretained(self).toOpaque())
  }

  @unsafe static func at(_ call: OpaquePointer) -> CallRecord {
    unsafe Unmanaged<CallRecord>.fromOpaque(UnsafeRawPointer(call)).takeUnretainedValue()
  }

  /// Whether the plugin should end soon; an interface adds what else stops it.
  var shouldStop: Bool { !isOpen }

  /// Whether anything went wrong during the call.
  final var hasFailed: Bool { failed.load(ordering: .acquiring) }

  /// The first answer that could not be taken.
  final var rejection: PluginError? {
    guard hasFailed else { return nil }
    return failures.withLock { $0?.rejected }
  }

  /// Keeps the reason of a failure; the last one said before the status counts.
  final func note(_ error: PluginError) {
    guard isOpen else { return }
    failures.withLock { failures in
      let kept = failures ?? Failures()
      kept.last = error
      failures = kept
    }
    failed.store(true, ordering: .releasing)
  }

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
    note(error)
    failures.withLock { if $0?.rejected == nil { $0?.rejected = error } }
    return error.code.rawValue
  }

  /// The error of a call that did not return 0.
  final func error(_ status: esp_status, fault: String) -> PluginError {
    let code = PluginError.Code(rawValue: status)
    if !fault.isEmpty { return PluginError(code, "it threw: \(fault)") }
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

extension esp_fault {
  /// The text of an exception; empty for none.
  var message: String {
    unsafe withUnsafeBytes(of: text) { bytes in
      unsafe String(decoding: unsafe bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

/// Calls with room for the text of an exception, which is read only where the call failed.
@unsafe
func withFault(
  _ call: (UnsafeMutablePointer<esp_fault>) -> esp_status
) -> (status: esp_status, fault: String) {
  // The guard begins by emptying the text: zeroing all of its 512 bytes would be felt in every call.
  unsafe withUnsafeTemporaryAllocation(of: esp_fault.self, capacity: 1) { room in
    guard let fault = room.baseAddress else { return (ESP_E_INTERNAL, "") }
    let status = unsafe call(fault)
    return (status, status == ESP_OK ? "" : unsafe fault.pointee.message)
  }
}
