import CGuard
import PluginKit

/// An instance of a strategy that plans or scores, or both.
///
/// `@unchecked`: see `PluginInstance`; the table is immutable.
@safe
final class PrunerInstance: PluginInstance, @unchecked Sendable {
  private let table: esp_pruner_v1
  private let records: CallRecords<PruningCall>

  var plans: Bool { unsafe table.plan != nil }
  var scores: Bool { unsafe table.score != nil }

  init(
    _ strategy: LoadedStrategy,
    _ vtable: PrunerVtable,
    settings: Settings
  ) throws(PluginError) {
    table = vtable.table
    records = CallRecords(of: strategy.host)
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
    return try records.with { record throws(PluginError) in
      unsafe try record.open(context: model, takesPlan: true)
      defer { extendLifetime(model) }
      unsafe try host.call("plan", record: record, lock: lock) {
        unsafe esp_guard_plan($0, plan, instance, record.pointer, record.table, $1)
      }
      return record.plan
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
    let scores = unsafe try host.memory.filled(Double.nan, count: group.channels) {
      (out) throws(PluginError) in
      try records.with { record throws(PluginError) in
        unsafe try record.open(context: model, takesPlan: false)
        defer { extendLifetime(model) }
        unsafe try host.call("score", layer: group.name, record: record, lock: lock) {
          unsafe esp_guard_score(
            $0,
            score,
            instance,
            record.pointer,
            record.table,
            UInt32(group.index),
            out,
            UInt64(group.channels),
            $1
          )
        }
      }
    }
    try scores.checkScores(origin: origin, host: host)
    return scores
  }
}

extension [Double] {
  /// Throws where a score is not finite.
  func checkFinite(origin: PluginError.Origin) throws(PluginError) {
    guard let channel = firstIndex(where: { !$0.isFinite }) else { return }
    throw PluginError(
      .numeric,
      self[channel].isNaN
        ? "the score of channel \(channel) is NaN, or was not written"
        : "the score of channel \(channel) is \(self[channel])",
      cause: PluginFault(.notANumber),
      origin: origin
    )
  }

  /// Throws where a score is not finite; warns where the scores choose nothing.
  func checkScores(origin: PluginError.Origin, host: HostRecord) throws(PluginError) {
    try checkFinite(origin: origin)
    if count > 1, let first, allSatisfy({ $0 == first }) {
      host.log(
        .warning,
        host.plugin,
        "all scores of \"\(origin.layer ?? "")\" are \(first): the choice of channels is arbitrary"
      )
    }
  }
}
