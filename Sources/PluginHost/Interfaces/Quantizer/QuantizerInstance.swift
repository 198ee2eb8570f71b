import CGuard
import PluginKit

/// An instance of a strategy that quantizes.
///
/// `@unchecked`: see `PluginInstance`; the table is immutable.
@safe
final class QuantizerInstance: PluginInstance, @unchecked Sendable {
  private let table: esp_quantizer_v1
  private let records: CallRecords<QuantizingCall>

  init(
    _ strategy: LoadedStrategy,
    _ vtable: QuantizerVtable,
    settings: Settings
  ) throws(PluginError) {
    table = vtable.table
    records = CallRecords(of: strategy.host)
    try super.init(strategy, settings: settings)
  }

  func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan {
    guard unsafe table.plan != nil else { return QuantizationPlan() }
    return try records.with { record throws(PluginError) in
      try record.open(model, takesPlan: true)
      var functions = table
      unsafe try host.call("plan", record: record, lock: lock) {
        unsafe esp_guard_quantizer_plan(
          $0,
          &functions,
          instance,
          record.pointer,
          record.table,
          $1
        )
      }
      return record.plan
    }
  }

  func ranges(
    of tensor: QuantizedTensor,
    in model: any QuantizationContext
  ) throws(PluginError) -> [QuantizationRange] {
    let raw = unsafe try host.memory.filled(
      esp_range(low: .nan, high: .nan),
      count: tensor.rangeCount
    ) { (raw) throws(PluginError) in
      try records.with { record throws(PluginError) in
        try record.open(model, takesPlan: false)
        var functions = table
        unsafe try host.call("ranges", layer: tensor.name, record: record, lock: lock) {
          unsafe esp_guard_quantizer_ranges(
            $0,
            &functions,
            instance,
            record.pointer,
            record.table,
            UInt32(tensor.index),
            raw,
            UInt64(tensor.rangeCount),
            $1
          )
        }
      }
    }
    let ranges = raw.map { QuantizationRange(low: $0.low, high: $0.high) }
    try ranges.check(for: tensor, of: host.plugin)
    return ranges
  }
}

extension QuantizationEncoding {
  /// Why no scale and zero point of 32-bit floats cover a range; `nil` where they do.
  fileprivate func problem(covering range: QuantizationRange) -> String? {
    guard range.low.isFinite, range.high.isFinite else { return "which is not finite" }
    guard range.low <= range.high else { return "which is no range" }
    let low = min(0, range.low)
    let high = max(0, range.high)
    guard Float(low).isFinite, Float(high).isFinite, Float(high - low).isFinite else {
      return "which 32-bit floats do not reach"
    }
    // Ranges of tensors lie among 32-bit floats; one of nothing but zero is a channel of zeros.
    guard high == low || Float(high - low) > 0 else {
      return "which 32-bit floats cannot tell from 0"
    }
    let found = parameters(covering: range)
    guard found.scale.isFinite, found.scale > 0, levels.contains(found.zero) else {
      return "which makes the scale \(found.scale) and the zero point \(found.zero)"
    }
    return nil
  }
}

extension [QuantizationRange] {
  /// Throws where a range makes no scale of 32-bit floats.
  func check(for tensor: QuantizedTensor, of plugin: String) throws(PluginError) {
    for (place, range) in enumerated() {
      guard let problem = tensor.encoding.problem(covering: range) else { continue }
      throw PluginError(
        .numeric,
        "range \(place) goes from \(range.low) to \(range.high), \(problem)",
        cause: PluginFault(.notANumber),
        origin: PluginError.Origin(plugin: plugin, function: "ranges", layer: tensor.name)
      )
    }
  }
}
