import CGuard
import PluginKit

/// An instance of a strategy that plans or scores, or both.
///
/// `@unchecked`: see `PluginInstance`; the table is immutable.
@safe
final class PrunerInstance: PluginInstance, @unchecked Sendable {
  private let table: esp_pruner_v1
  private let spare = Spare(PruningCall())

  var plans: Bool { unsafe table.plan != nil }
  var scores: Bool { unsafe table.score != nil }

  init(
    _ strategy: LoadedStrategy,
    _ vtable: PrunerVtable,
    settings: Settings
  ) throws(PluginError) {
    table = vtable.table
    try super.init(strategy, settings: settings)
  }

  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    guard let plan = unsafe table.plan else {
      throw PluginError(
        .unimplemented,
        "the strategy scores channels but does not plan",
        origin: PluginError.Origin(plugin: host.plugin, function: "plan")
      )
    }
    return try withRecord { record throws(PluginError) in
      record.memory = host.memory
      unsafe try record.open(context: model, takesPlan: true)
      var crumb = unsafe host.crumb("plan", layer: esp_str())
      lock?.lock()
      let (status, fault) = unsafe withFault { fault in
        unsafe esp_guard_plan(&crumb, plan, instance, record.pointer, record.table, fault)
      }
      lock?.unlock()
      let result = record.close()
      extendLifetime(model)
      guard status == ESP_OK, !record.hasFailed || record.rejection == nil else {
        var error = record.rejection ?? record.error(status, fault: fault)
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
    guard let score = unsafe table.score else {
      throw PluginError(.unimplemented, "the strategy does not score channels", origin: origin)
    }
    let scores = try withRecord { record throws(PluginError) in
      record.memory = host.memory
      unsafe try record.open(context: model, takesPlan: false)
      let out = unsafe record.arena.scratch(byteCount: group.channels * 8)
        .bindMemory(to: Double.self, capacity: group.channels)
      unsafe out.update(repeating: .nan, count: group.channels)
      lock?.lock()
      let (status, fault) = unsafe group.name.withCrossing { name in
        var crumb = unsafe host.crumb("score", layer: name)
        return unsafe withFault { fault in
          unsafe esp_guard_score(
            &crumb,
            score,
            instance,
            record.pointer,
            record.table,
            UInt32(group.index),
            out,
            UInt64(group.channels),
            fault
          )
        }
      }
      lock?.unlock()
      let scores = unsafe Array(UnsafeBufferPointer(start: out, count: group.channels))
      _ = record.close()
      extendLifetime(model)
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

  /// Runs a call with the record that the instance keeps, or with a new one while another call has it.
  private func withRecord<Answer>(
    _ body: (PruningCall) throws(PluginError) -> Answer
  ) throws(PluginError) -> Answer {
    guard let record = unsafe spare.borrow() else { return try body(PruningCall()) }
    defer { spare.giveBack() }
    let answer = unsafe record._withUnsafeGuaranteedRef { record in
      Result { () throws(PluginError) in try body(record) }
    }
    return try answer.get()
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
