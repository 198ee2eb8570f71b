import CGuard
import PluginKit

/// One instance of a loaded strategy: every call passes the guard and the strategy's locks.
///
/// `@unchecked`: the pointers are immutable, and `lock` keeps calls apart unless the strategy says
/// that it needs no such care.
@safe
final class PluginInstance: @unchecked Sendable {
  private let host: HostRecord
  private let table: esp_strategy
  private let pruner: esp_pruner_v1
  private let instance: UnsafeMutableRawPointer
  private let lock: RecursiveLock?
  private let spare = Spare<CallRecord>()

  var plans: Bool { unsafe pruner.plan != nil }
  var scores: Bool { unsafe pruner.score != nil }

  /// Makes an instance from settings in the order of the strategy's parameters.
  init(_ strategy: LoadedStrategy, settings: Settings) throws(PluginError) {
    host = strategy.host
    unsafe table = unsafe strategy.table
    pruner = strategy.pruner
    lock = strategy.lock
    let record = CallRecord()
    let values = unsafe strategy.description.parameters.map {
      unsafe record.arena.value(settings.values[$0.name])
    }
    guard let create = unsafe table.create else {
      throw PluginError(.internalError, "the strategy has no \"create\"")
    }
    var crumb = unsafe host.crumb("create", layer: esp_str())
    var made: UnsafeMutableRawPointer?
    let hostTable = unsafe strategy.host.table
    strategy.creation.lock()
    let (status, fault) = unsafe withFault { fault in
      unsafe esp_guard_create(
        &crumb,
        create,
        strategy.address,
        hostTable,
        record.pointer,
        record.arena.store(values),
        UInt32(values.count),
        &made,
        fault
      )
    }
    strategy.creation.unlock()
    guard status == ESP_OK, let made = unsafe made else {
      var error = record.error(
        status == ESP_OK ? ESP_E_INTERNAL : status,
        fault: fault
      )
      error.origin = PluginError.Origin(plugin: host.plugin, function: "create")
      extendLifetime(record)
      throw error
    }
    unsafe instance = unsafe made
    _ = record.close()
    spare.keep(record)
  }

  deinit {
    guard let destroy = unsafe table.destroy else { return }
    var crumb = unsafe host.crumb("destroy", layer: esp_str())
    let (status, fault) = unsafe withFault { fault in
      unsafe esp_guard_destroy(&crumb, destroy, instance, fault)
    }
    if status != ESP_OK { host.log(.warning, host.plugin, "\"destroy\" threw: \(fault)") }
  }

  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    guard let plan = unsafe pruner.plan else {
      throw PluginError(
        .unimplemented,
        "the strategy scores channels but does not plan",
        origin: PluginError.Origin(plugin: host.plugin, function: "plan")
      )
    }
    return try withRecord { record throws(PluginError) in
      try record.open(context: model, takesPlan: true)
      var pruning = PruningTable.make(groups: record.groups.count, seed: model.seed)
      var crumb = unsafe host.crumb("plan", layer: esp_str())
      lock?.lock()
      let (status, fault) = unsafe withFault { fault in
        unsafe esp_guard_plan(&crumb, plan, instance, record.pointer, &pruning, fault)
      }
      lock?.unlock()
      let result = record.close()
      guard status == ESP_OK, record.planFault == nil else {
        var error = record.planFault ?? record.error(status, fault: fault)
        error.origin = PluginError.Origin(plugin: host.plugin, function: "plan")
        throw error
      }
      return result
    }
  }

  func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    let origin = PluginError.Origin(plugin: host.plugin, function: "score", layer: group.name)
    guard let score = unsafe pruner.score else {
      throw PluginError(.unimplemented, "the strategy does not score channels", origin: origin)
    }
    let scores = try withRecord { record throws(PluginError) in
      try record.open(context: model, takesPlan: false)
      var pruning = PruningTable.make(groups: record.groups.count, seed: model.seed)
      var scores = [Double](repeating: .nan, count: group.channels)
      lock?.lock()
      let (status, fault) = unsafe group.name.withCrossing { name in
        var crumb = unsafe host.crumb("score", layer: name)
        return unsafe withFault { fault in
          unsafe esp_guard_score(
            &crumb,
            score,
            instance,
            record.pointer,
            &pruning,
            UInt32(group.index),
            &scores,
            UInt64(scores.count),
            fault
          )
        }
      }
      lock?.unlock()
      _ = record.close()
      guard status == ESP_OK else {
        var error = record.error(status, fault: fault)
        error.origin = origin
        throw error
      }
      return scores
    }
    try scores.checkScores(origin: origin, host: host)
    return scores
  }

  /// Runs a call with the record that the last one left, or a new one.
  private func withRecord<Result>(
    _ body: (CallRecord) throws(PluginError) -> Result
  ) throws(PluginError) -> Result {
    let record = spare.take() ?? CallRecord()
    do throws(PluginError) {
      let result = try body(record)
      spare.keep(record)
      return result
    } catch {
      spare.keep(record)
      throw error
    }
  }
}

extension [Double] {
  /// Throws where a score is not finite; warns where the scores choose nothing.
  func checkScores(origin: PluginError.Origin, host: HostRecord) throws(PluginError) {
    if let channel = firstIndex(where: { !$0.isFinite }) {
      throw PluginError(
        .numeric,
        "the score of channel \(channel) is \(self[channel])",
        origin: origin
      )
    }
    if count > 1, let first, allSatisfy({ $0 == first }) {
      host.log(
        .warning,
        host.plugin,
        "all scores of \"\(origin.layer ?? "")\" are \(first): the choice of channels is arbitrary"
      )
    }
  }
}
