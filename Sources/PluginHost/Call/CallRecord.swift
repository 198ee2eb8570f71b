import CGuard
import PluginKit
import Synchronization

/// One call into a plugin: what C knows as `esp_call`.
@safe
final class CallRecord {
  /// What the host offers during the call; `nil` while an instance is made.
  let context: (any PruningContext)?
  let groups: [PruningGroup]
  /// Whether the plan's functions may be called.
  let takesPlan: Bool
  /// Memory lent to the plugin; freed with the record.
  let arena = CArena()
  private(set) var plan = PruningPlan()
  /// The first thing that was wrong with the plan, even where the plugin overlooked the status.
  private(set) var planFault: PluginError?
  private let failure = Mutex<PluginError?>(nil)

  init(context: (any PruningContext)? = nil, groups: [PruningGroup] = [], takesPlan: Bool = false) {
    self.context = context
    self.groups = groups
    self.takesPlan = takesPlan
  }

  @unsafe var pointer: OpaquePointer {
    unsafe OpaquePointer(Unmanaged.passUnretained(self).toOpaque())
  }

  @unsafe static func at(_ call: OpaquePointer) -> CallRecord {
    unsafe Unmanaged<CallRecord>.fromOpaque(UnsafeRawPointer(call)).takeUnretainedValue()
  }

  var shouldStop: Bool { context?.shouldStop ?? false }

  /// Keeps the reason of a failure; the last one said before the status counts.
  func note(_ error: PluginError) { failure.withLock { $0 = error } }

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
      guard plan.cuts.updateValue(cut, forKey: group.name) == nil else {
        throw PluginError(.invalidArgument, "group \"\(group.name)\" is set twice")
      }
      return ESP_OK
    } catch {
      return reject(error)
    }
  }

  /// Keeps what is wrong with the plan and returns its status.
  func reject(_ error: PluginError) -> esp_status {
    if planFault == nil { planFault = error }
    return refuse(error.code, error.message)
  }

  func setScore(_ id: String) -> esp_status {
    guard takesPlan else { return refuse(.invalidArgument, "a plan is taken during \"plan\" only") }
    plan.score = id
    return ESP_OK
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
    guard var error = failure.withLock({ $0 }), !error.message.isEmpty else {
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
