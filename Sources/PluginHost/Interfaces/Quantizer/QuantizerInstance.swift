import CGuard
import PluginKit

/// An instance of a strategy that quantizes.
///
/// `@unchecked`: see `PluginInstance`; the table is immutable.
@safe
final class QuantizerInstance: PluginInstance, @unchecked Sendable {
  private let table: esp_quantizer_v1

  init(
    _ strategy: LoadedStrategy,
    _ vtable: QuantizerVtable,
    settings: Settings
  ) throws(PluginError) {
    table = vtable.table
    try super.init(strategy, settings: settings)
  }

  func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan {
    guard unsafe table.plan != nil else { return QuantizationPlan() }
    let record = try QuantizingCall(model, takesPlan: true)
    record.memory = self.host.memory
    record.begin()
    var functions = table
    var host = QuantizingTable.make(tensors: record.tensors.count, seed: model.seed)
    var crumb = unsafe self.host.crumb("plan", layer: esp_str())
    lock?.lock()
    let (status, fault) = unsafe withFault { fault in
      unsafe esp_guard_quantizer_plan(&crumb, &functions, instance, record.pointer, &host, fault)
    }
    lock?.unlock()
    record.end()
    guard status == ESP_OK, record.rejection == nil else {
      var error = record.rejection ?? record.error(status, fault: fault)
      error.origin = PluginError.Origin(plugin: self.host.plugin, function: "plan")
      throw error
    }
    return record.plan
  }

  func ranges(
    of tensor: QuantizedTensor,
    in model: any QuantizationContext
  ) throws(PluginError) -> [QuantizationRange] {
    let origin = PluginError.Origin(
      plugin: self.host.plugin,
      function: "ranges",
      layer: tensor.name
    )
    let record = try QuantizingCall(model, takesPlan: false)
    record.memory = self.host.memory
    record.begin()
    var functions = table
    var host = QuantizingTable.make(tensors: record.tensors.count, seed: model.seed)
    let raw = unsafe record.arena.scratch(
      byteCount: tensor.rangeCount * MemoryLayout<esp_range>.stride
    ).bindMemory(to: esp_range.self, capacity: tensor.rangeCount)
    unsafe raw.update(repeating: esp_range(low: .nan, high: .nan), count: tensor.rangeCount)
    lock?.lock()
    let (status, fault) = unsafe tensor.name.withCrossing { name in
      var crumb = unsafe self.host.crumb("ranges", layer: name)
      return unsafe withFault { fault in
        unsafe esp_guard_quantizer_ranges(
          &crumb,
          &functions,
          instance,
          record.pointer,
          &host,
          UInt32(tensor.index),
          raw,
          UInt64(tensor.rangeCount),
          fault
        )
      }
    }
    lock?.unlock()
    let ranges = unsafe UnsafeBufferPointer(start: raw, count: tensor.rangeCount).map {
      QuantizationRange(low: $0.low, high: $0.high)
    }
    record.end()
    guard status == ESP_OK else {
      var error = record.error(status, fault: fault)
      error.origin = origin
      throw error
    }
    for (place, range) in ranges.enumerated() {
      guard range.low.isFinite, range.high.isFinite, range.low <= range.high else {
        throw PluginError(
          .numeric,
          "range \(place) goes from \(range.low) to \(range.high)",
          origin: origin
        )
      }
    }
    return ranges
  }
}
