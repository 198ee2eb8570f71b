import PluginKit

/// A call of a loss: the pairs that are compared, and the context that it may ask.
@safe
final class DistillCall: CallRecord {
  private var context: (any DistillContext)?
  private var pairs: [DistillPair] = []
  private let functions: UnsafeMutablePointer<esp_distill_host>

  required init() {
    unsafe functions = .allocate(capacity: 1)
    unsafe functions.initialize(
      to: esp_distill_host(
        struct_size: UInt32(MemoryLayout<esp_distill_host>.size),
        n_pairs: 0,
        step: 0,
        steps: 0,
        input_height: 0,
        input_width: 0,
        pair: { call, index, out in
          unsafe CallRecord.answer(call, "pair") { (record: DistillCall) throws(PluginError) in
            unsafe try record.readPair(index, out)
          }
        },
        targets: { call, out in
          unsafe CallRecord.answer(call, "targets") { (record: DistillCall) throws(PluginError) in
            unsafe try record.lendTargets(out)
          }
        }
      )
    )
    super.init()
  }

  deinit { unsafe functions.deallocate() }

  /// What the plugin asks with: one table for all calls, in which only what differs is written.
  @unsafe var table: UnsafePointer<esp_distill_host> { unsafe UnsafePointer(functions) }

  /// Sets out what the next call is about.
  func open(_ context: any DistillContext, pairs: [DistillPair]) {
    self.context = context
    self.pairs = pairs
    unsafe functions.pointee.n_pairs = UInt32(pairs.count)
    unsafe functions.pointee.step = Int64(context.step)
    unsafe functions.pointee.steps = Int64(context.steps)
    unsafe functions.pointee.input_height = Int64(context.inputHeight)
    unsafe functions.pointee.input_width = Int64(context.inputWidth)
  }

  override func close() {
    context = nil
    pairs = []
  }

  override var isUnwanted: Bool { context?.shouldStop ?? false }

  @unsafe
  private func readPair(_ index: UInt32, _ out: UnsafeMutablePointer<esp_pair>) throws(PluginError)
  {
    guard pairs.indices.contains(Int(index)) else {
      throw PluginError(.invalidArgument, "pair \(index) of \(pairs.count) does not exist")
    }
    let pair = pairs[Int(index)]
    var raw = unsafe esp_pair()
    unsafe raw.stride = Int32(clamping: pair.stride ?? 0)
    unsafe raw.student = arena.string(pair.studentName)
    unsafe raw.teacher = arena.string(pair.teacherName)
    unsafe fill(out, with: raw)
  }

  @unsafe
  private func lendTargets(_ out: UnsafeMutablePointer<esp_tensor_view>) throws(PluginError) {
    guard let context else {
      throw PluginError(.unimplemented, "there is no batch during this call")
    }
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
  }
}
