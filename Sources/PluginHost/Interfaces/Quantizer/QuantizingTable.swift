import CGuard
import PluginKit

/// The C table over a `QuantizationContext`; every function finds its call by the pointer that it is given.
enum QuantizingTable {
  static func make(tensors: Int, seed: UInt64) -> esp_quantizing_host {
    unsafe esp_quantizing_host(
      struct_size: UInt32(MemoryLayout<esp_quantizing_host>.size),
      n_tensors: UInt32(tensors),
      seed: seed,
      tensor: { unsafe readTensor($0, $1, $2) },
      weight: { unsafe lendWeight($0, $1, $2) },
      seen: { unsafe readStatistics($0, $1, $2) },
      leave_float: { unsafe QuantizingCall.quantizing($0).leaveFloat($1) },
      ask: { unsafe QuantizingCall.quantizing($0).ask($1) },
      train: { unsafe QuantizingCall.quantizing($0).train($1, $2) },
      set: { unsafe QuantizingCall.quantizing($0).set($1, $2) }
    )
  }
}

/// Runs a body against the call's context; what it throws becomes the status.
@unsafe
private func answer(
  _ call: OpaquePointer,
  _ body: (QuantizingCall) throws(PluginError) -> Void
) -> esp_status {
  let record = unsafe QuantizingCall.quantizing(call)
  guard record.isOpen else {
    return record.refuse(.invalidArgument, "the call has ended")
  }
  do throws(PluginError) {
    try body(record)
    return ESP_OK
  } catch {
    return record.decline(error)
  }
}

@unsafe
private func readTensor(
  _ call: OpaquePointer,
  _ index: UInt32,
  _ out: UnsafeMutablePointer<esp_quantized>
) -> esp_status {
  unsafe answer(call) { record throws(PluginError) in
    let tensor = try record.tensor(index)
    var raw = unsafe esp_quantized()
    unsafe raw.kind = tensor.kind.rawValue
    unsafe raw.name = record.arena.string(tensor.name)
    unsafe raw.op = record.arena.string(tensor.op)
    unsafe raw.ranges = Int64(tensor.rangeCount)
    unsafe raw.axis = Int32(tensor.axis ?? -1)
    unsafe raw.is_signed = tensor.encoding.isSigned ? 1 : 0
    unsafe raw.is_symmetric = tensor.encoding.isSymmetric ? 1 : 0
    unsafe fill(out, with: raw)
  }
}

@unsafe
private func lendWeight(
  _ call: OpaquePointer,
  _ index: UInt32,
  _ out: UnsafeMutablePointer<esp_tensor_view>
) -> esp_status {
  unsafe answer(call) { record throws(PluginError) in
    let view = try record.context.weight(of: try record.tensor(index))
    unsafe fill(out, with: record.lend(view))
  }
}

@unsafe
private func readStatistics(
  _ call: OpaquePointer,
  _ index: UInt32,
  _ out: UnsafeMutablePointer<esp_seen>
) -> esp_status {
  unsafe answer(call) { record throws(PluginError) in
    let seen = try record.context.statistics(of: try record.tensor(index))
    var raw = unsafe esp_seen()
    unsafe raw.n_bins = UInt32(CalibrationHistogram.binsPerSide)
    unsafe raw.low = seen.low
    unsafe raw.high = seen.high
    unsafe raw.count = Int64(seen.count)
    unsafe raw.images = Int64(seen.images)
    unsafe raw.peaks = seen.peaks
    unsafe raw.zeros = Int64(seen.histogram.zeros)
    if let exponent = seen.histogram.exponent {
      unsafe raw.exponent = Int32(exponent)
      let (above, below) = (seen.histogram.positive, seen.histogram.negative)
      unsafe raw.positive = UnsafePointer(record.arena.store(above.map(Int64.init)))
      unsafe raw.negative = UnsafePointer(record.arena.store(below.map(Int64.init)))
    }
    unsafe fill(out, with: raw)
  }
}
