import CGuard
import PluginKit

/// One instance of a loaded strategy; each interface adds its calls, which pass the guard and the
/// strategy's locks.
///
/// `@unchecked`: the pointers are immutable, and `lock` keeps calls apart unless the strategy says
/// that it needs no such care.
@safe
class PluginInstance: @unchecked Sendable {
  final let host: HostRecord
  /// What C calls `self`.
  final let instance: UnsafeMutableRawPointer
  final let lock: RecursiveLock?
  private let table: esp_strategy

  /// Makes an instance from settings in the order of the strategy's parameters.
  init(_ strategy: LoadedStrategy, settings: Settings) throws(PluginError) {
    host = strategy.host
    unsafe table = unsafe strategy.table
    lock = strategy.lock
    guard let create = unsafe table.create else {
      throw PluginError(.internalError, "the strategy has no \"create\"")
    }
    let hostTable = unsafe strategy.host.table
    let records = CallRecords<CallRecord>(of: strategy.host)
    unsafe instance = unsafe try records.with { record throws(PluginError) in
      // Before the call begins, so that an arena is there to end with it.
      let values = unsafe strategy.description.parameters.map {
        unsafe record.arena.value(settings.values[$0.name])
      }
      let raw = unsafe record.arena.store(values)
      var made: UnsafeMutableRawPointer?
      unsafe try strategy.host.call("create", record: record, lock: strategy.creation) {
        unsafe esp_guard_create(
          $0,
          create,
          strategy.address,
          hostTable,
          record.pointer,
          raw,
          UInt32(values.count),
          &made,
          $1
        )
      }
      guard let made = unsafe made else {
        throw PluginError(
          .internalError,
          "it returned 0 and left \"self\" NULL",
          origin: PluginError.Origin(plugin: strategy.host.plugin, function: "create")
        )
      }
      return unsafe made
    }
  }

  deinit {
    guard let destroy = unsafe table.destroy, !host.hasLeft else { return }
    do throws(PluginError) {
      unsafe try host.call("destroy") { unsafe esp_guard_destroy($0, destroy, instance, $1) }
    } catch {
      host.log(.warning, host.plugin, "\(error)")
    }
  }
}
