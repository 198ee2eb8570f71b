import CGuard
import PluginKit

/// The C table over a `QuantizationContext`; every function finds its call by the pointer that it is given.
enum QuantizingTable {
  /// What is the same in every call.
  static let functions = unsafe esp_quantizing_host(
    struct_size: UInt32(MemoryLayout<esp_quantizing_host>.size),
    n_tensors: 0,
    seed: 0,
    tensor: { unsafe readTensor($0, $1, $2) },
    weight: { unsafe lendWeight($0, $1, $2) },
    seen: { unsafe readStatistics($0, $1, $2) },
    leave_float: { call, index in
      unsafe answer(call, "leave_float") { record throws(PluginError) in
        try record.leaveFloat(index)
      }
    },
    ask: { call, options in
      unsafe answer(call, "ask") { record throws(PluginError) in try record.ask(options) }
    },
    train: { call, how, number in
      unsafe answer(call, "train") { record throws(PluginError) in try record.train(how, number) }
    },
    set: { call, what, number in
      unsafe answer(call, "set") { record throws(PluginError) in try record.set(what, number) }
    }
  )
}

/// Runs a body against the call's record; what it throws becomes the status.
@unsafe
private func answer(
  _ call: OpaquePointer,
  _ function: StaticString,
  _ body: (QuantizingCall) throws(PluginError) -> Void
) -> esp_status {
  unsafe CallRecord.answer(call, function, body)
}

@unsafe
private func readTensor(
  _ call: OpaquePointer,
  _ index: UInt32,
  _ out: UnsafeMutablePointer<esp_quantized>
) -> esp_status {
  unsafe answer(call, "tensor") { record throws(PluginError) in
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
  unsafe answer(call, "weight") { record throws(PluginError) in
    let view = try record.offered().weight(of: try record.tensor(index))
    unsafe fill(out, with: record.lend(view))
  }
}

@unsafe
private func readStatistics(
  _ call: OpaquePointer,
  _ index: UInt32,
  _ out: UnsafeMutablePointer<esp_seen>
) -> esp_status {
  unsafe answer(call, "seen") { record throws(PluginError) in
    let seen = try record.offered().statistics(of: try record.tensor(index))
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
