import CGuard
import PluginKit
import Synchronization

/// One call into a plugin: what C knows as `esp_call`.
///
/// An instance keeps its record for the next call, so a pointer that a plugin holds on to meets a closed
/// record, which refuses.
@safe
final class CallRecord {
  /// What the host offers during the call; `nil` while an instance is made, and between calls.
  private(set) var context: (any PruningContext)?
  private(set) var groups: [PruningGroup] = []
  /// Whether the plan's functions may be called.
  private(set) var takesPlan = false
  /// Whether the call lasts.
  private(set) var isOpen = true
  /// Memory lent to the plugin until the call ends; most calls lend none.
  var arena: CArena {
    if let lent { return lent }
    let made = CArena()
    lent = made
    return made
  }
  private var lent: CArena?
  private var decision: Decision?
  private let failures = Mutex<Failures?>(nil)
  private let hasFailed = Atomic(false)

  /// What went wrong during the call; made by the first failure, so that a call without one pays nothing.
  private final class Failures {
    var last: PluginError?
    /// The first thing that was wrong with the plan, even where the plugin overlooked the status.
    var plan: PluginError?
  }

  /// What the plugin decided; made by the first cut.
  private final class Decision {
    var plan = PruningPlan()
  }

  /// Begins a call.
  func open(context: any PruningContext, takesPlan: Bool) throws(PluginError) {
    groups = try context.groups
    self.context = context
    self.takesPlan = takesPlan
    if hasFailed.load(ordering: .relaxed) {
      hasFailed.store(false, ordering: .relaxed)
      failures.withLock { $0 = nil }
    }
    isOpen = true
  }

  /// Ends the call: what was lent is freed, and the plan goes to the caller.
  func close() -> PruningPlan {
    isOpen = false
    takesPlan = false
    context = nil
    groups = []
    if lent != nil { lent = nil }
    guard let decision else { return PruningPlan() }
    self.decision = nil
    return decision.plan
  }

  @unsafe var pointer: OpaquePointer {
    unsafe OpaquePointer(Unmanaged.passUnretained(self).toOpaque())
  }

  @unsafe static func at(_ call: OpaquePointer) -> CallRecord {
    unsafe Unmanaged<CallRecord>.fromOpaque(UnsafeRawPointer(call)).takeUnretainedValue()
  }

  var shouldStop: Bool { !isOpen || context?.shouldStop ?? false }

  /// The first thing that was wrong with the plan.
  var planFault: PluginError? {
    guard hasFailed.load(ordering: .acquiring) else { return nil }
    return failures.withLock { $0?.plan }
  }

  /// Keeps the reason of a failure; the last one said before the status counts.
  func note(_ error: PluginError) {
    guard isOpen else { return }
    failures.withLock { failures in
      let kept = failures ?? Failures()
      kept.last = error
      failures = kept
    }
    hasFailed.store(true, ordering: .releasing)
  }

  /// Keeps the reason and returns its status.
  func refuse(_ code: PluginError.Code, _ message: String) -> esp_status {
    note(PluginError(code, message))
    return code.rawValue
  }

  /// Adds a cut to the plan, or keeps why it cannot be.
  func add(_ cut: PruningPlan.Cut, group index: UInt32) -> esp_status {
    guard takesPlan else { return refuse(.invalidArgument, "a plan is taken during \"plan\" only") }
    do throws(PluginError) {
      let group = try self.group(index)
      try cut.check(against: group)
      guard decided.plan.cuts.updateValue(cut, forKey: group.name) == nil else {
        throw PluginError(.invalidArgument, "group \"\(group.name)\" is set twice")
      }
      return ESP_OK
    } catch {
      return reject(error)
    }
  }

  /// Keeps what is wrong with the plan and returns its status.
  func reject(_ error: PluginError) -> esp_status {
    note(error)
    failures.withLock { if $0?.plan == nil { $0?.plan = error } }
    return error.code.rawValue
  }

  func setScore(_ id: String) -> esp_status {
    guard takesPlan else { return refuse(.invalidArgument, "a plan is taken during \"plan\" only") }
    decided.plan.score = id
    return ESP_OK
  }

  private var decided: Decision {
    if let decision { return decision }
    let made = Decision()
    decision = made
    return made
  }

  func group(_ index: UInt32) throws(PluginError) -> PruningGroup {
    guard Int(index) < groups.count else {
      throw PluginError(
        .invalidArgument,
        "group \(index) of \(groups.count) does not exist"
      )
    }
    return groups[Int(index)]
  }

  /// The error of a call that did not return 0.
  func error(_ status: esp_status, fault: String) -> PluginError {
    let code = PluginError.Code(rawValue: status)
    if !fault.isEmpty { return PluginError(code, "it threw: \(fault)") }
    guard var error = failures.withLock({ $0?.last }), !error.message.isEmpty else {
      return PluginError(code, "it returned \(status) (\(code)) without a message")
    }
    error.code = code
    return error
  }
}

@available(*, unavailable)
extension CallRecord: Sendable {}

extension PruningPlan.Cut {
  /// Throws where the cut cannot be made on the group.
  func check(against group: PruningGroup) throws(PluginError) {
    switch self {
    case .ratio(let ratio):
      guard ratio.isFinite, (0..<1).contains(ratio) else {
        throw PluginError(
          .numeric,
          "the ratio \(ratio) of group \"\(group.name)\" is outside [0, 1)"
        )
      }
    case .channels(let channels):
      var seen = [Bool](repeating: false, count: group.channels)
      for channel in channels {
        guard seen.indices.contains(channel) else {
          throw PluginError(
            .invalidArgument,
            "channel \(channel) of group \"\(group.name)\" does not exist: it has \(group.channels)"
          )
        }
        guard !seen[channel] else {
          throw PluginError(
            .invalidArgument,
            "channel \(channel) of group \"\(group.name)\" is given twice"
          )
        }
        seen[channel] = true
      }
      guard channels.count < group.channels else {
        throw PluginError(
          .invalidArgument,
          "all \(group.channels) channels of group \"\(group.name)\" are cut"
        )
      }
    }
  }
}

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
