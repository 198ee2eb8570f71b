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
    let record = CallRecord()
    record.memory = host.memory
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
    record.end()
  }

  deinit {
    guard let destroy = unsafe table.destroy else { return }
    var crumb = unsafe host.crumb("destroy", layer: esp_str())
    let (status, fault) = unsafe withFault { fault in
      unsafe esp_guard_destroy(&crumb, destroy, instance, fault)
    }
    if status != ESP_OK { host.log(.warning, host.plugin, "\"destroy\" threw: \(fault)") }
  }
}
