import CGuard
import PluginKit

/// A call of a pruner, or of a space that cuts as one: the model that it may ask about, and the plan that it hands over.
@safe
class PruningCall: CallRecord {
  /// What the host offers during the call, whose caller keeps it alive; `nil` between calls.
  private(set) unowned(unsafe) var context: (any PruningContext)?
  private(set) var groups: [PruningGroup] = []
  /// Whether the plan's functions may be called.
  private(set) var takesPlan = false
  private var decision: Decision?
  private let functions: UnsafeMutablePointer<esp_pruning_host>

  /// What the plugin decided; made by the first cut.
  private final class Decision {
    var plan = PruningPlan()
  }

  required init() {
    unsafe functions = .allocate(capacity: 1)
    unsafe functions.initialize(to: PruningTable.functions)
    super.init()
  }

  deinit { unsafe functions.deallocate() }

  /// What the plugin asks with: one table for all calls, in which only what differs is written.
  @unsafe final var table: UnsafePointer<esp_pruning_host> { unsafe UnsafePointer(functions) }

  /// Sets out what the next call is about.
  ///
  /// - Safety: The caller keeps the context alive until it closes the record.
  @unsafe
  final func open(context: any PruningContext, takesPlan: Bool) throws(PluginError) {
    groups = try context.groups
    unsafe self.context = context
    self.takesPlan = takesPlan
    unsafe functions.pointee.n_groups = UInt32(groups.count)
    unsafe functions.pointee.seed = context.seed
  }

  /// The plan that was handed over.
  final var plan: PruningPlan { decision?.plan ?? PruningPlan() }

  override func close() {
    takesPlan = false
    unsafe context = nil
    if !groups.isEmpty { groups = [] }
    if decision != nil { decision = nil }
  }

  override var isUnwanted: Bool { unsafe context?.shouldStop ?? false }

  /// Adds a cut to the plan, or keeps why it cannot be.
  final func add(_ cut: PruningPlan.Cut, group index: UInt32) throws(PluginError) {
    try requirePlan()
    do throws(PluginError) {
      let group = try self.group(index)
      try cut.check(against: group)
      guard decided.plan.cuts.updateValue(cut, forKey: group.name) == nil else {
        throw PluginError(.invalidArgument, "group \"\(group.name)\" is set twice")
      }
    } catch {
      _ = reject(error)
      throw error
    }
  }

  final func setScore(_ id: String) throws(PluginError) {
    try requirePlan()
    decided.plan.score = id
  }

  private func requirePlan() throws(PluginError) {
    guard !takesPlan else { return }
    let error = PluginError(.invalidArgument, "a plan is taken during \"plan\" only")
    _ = reject(error)
    throw error
  }

  private var decided: Decision {
    if let decision { return decision }
    let made = Decision()
    decision = made
    return made
  }

  final func group(_ index: UInt32) throws(PluginError) -> PruningGroup {
    guard Int(index) < groups.count else {
      throw PluginError(
        .invalidArgument,
        "group \(index) of \(groups.count) does not exist"
      )
    }
    return groups[Int(index)]
  }
}

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
