import PluginKit

/// A call of a loss: the pairs that are compared, and the context that it may ask.
@safe
final class DistillCall: CallRecord {
  private let context: any DistillContext
  private let pairs: [DistillPair]

  init(_ context: any DistillContext, pairs: [DistillPair]) {
    self.context = context
    self.pairs = pairs
  }

  override var shouldStop: Bool { !isOpen || context.shouldStop }

  /// The table that the plugin asks through.
  var table: esp_distill_host {
    unsafe esp_distill_host(
      struct_size: UInt32(MemoryLayout<esp_distill_host>.size),
      n_pairs: UInt32(pairs.count),
      step: Int64(context.step),
      steps: Int64(context.steps),
      input_height: Int64(context.inputHeight),
      input_width: Int64(context.inputWidth),
      pair: { call, index, out in
        unsafe DistillCall.distilling(call).readPair(index, out)
      },
      targets: { call, out in unsafe DistillCall.distilling(call).lendTargets(out) }
    )
  }

  /// - Safety: The call is of a loss, whose functions alone are handed this.
  @unsafe private static func distilling(_ call: OpaquePointer) -> DistillCall {
    unsafe Unmanaged<DistillCall>.fromOpaque(UnsafeRawPointer(call)).takeUnretainedValue()
  }

  @unsafe
  private func readPair(_ index: UInt32, _ out: UnsafeMutablePointer<esp_pair>) -> esp_status {
    guard isOpen, pairs.indices.contains(Int(index)) else {
      return refuse(.invalidArgument, "pair \(index) of \(pairs.count) does not exist")
    }
    let pair = pairs[Int(index)]
    var raw = unsafe esp_pair()
    unsafe raw.stride = Int32(clamping: pair.stride ?? 0)
    unsafe raw.student = arena.string(pair.studentName)
    unsafe raw.teacher = arena.string(pair.teacherName)
    unsafe fill(out, with: raw)
    return ESP_OK
  }

  @unsafe
  private func lendTargets(_ out: UnsafeMutablePointer<esp_tensor_view>) -> esp_status {
    guard isOpen else { return ESP_E_INVALID_ARGUMENT }
    do throws(PluginError) {
      let values = try context.targets().flatMap { target in
        [
          Float(target.image), Float(target.category), target.centerX, target.centerY,
          target.width, target.height, target.weight,
        ]
      }
      var view = unsafe esp_tensor_view()
      unsafe view.flags = ESP_VIEW_READ_ONLY
      unsafe view.data = unsafe UnsafeMutableRawPointer(arena.store(values))
      unsafe view.device_type = ESP_DEVICE_CPU
      unsafe view.ndim = 2
      unsafe view.dtype_code = UInt8(ESP_DTYPE_FLOAT)
      unsafe view.dtype_bits = 32
      unsafe view.dtype_lanes = 1
      unsafe view.shape = UnsafePointer(arena.store([Int64(values.count / 7), 7]))
      unsafe view.strides = UnsafePointer(arena.store([7, 1] as [Int64]))
      unsafe fill(out, with: view)
      return ESP_OK
    } catch {
      note(error)
      return error.code.rawValue
    }
  }
}
