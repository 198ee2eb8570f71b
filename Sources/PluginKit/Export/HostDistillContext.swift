/// The host's table during a loss as the Swift protocol; one that a strategy keeps after the call throws.
@safe
final class HostDistillContext: DistillContext {
  let step: Int
  let steps: Int
  let inputHeight: Int
  let inputWidth: Int
  let seed: UInt64
  private let host: HostTable
  /// The call that lasts; `nil` once it has ended.
  private var call: OpaquePointer?
  private let table: esp_distill_host

  /// Begins a call.
  @unsafe
  init(
    host: HostTable,
    call: OpaquePointer,
    exec: UnsafePointer<esp_exec>,
    table: UnsafePointer<esp_distill_host>
  ) {
    self.host = host
    unsafe self.call = call
    let copy = unsafe widened(table)
    self.table = copy
    step = Int(copy.step)
    steps = Int(copy.steps)
    inputHeight = Int(copy.input_height)
    inputWidth = Int(copy.input_width)
    let execution = unsafe widened(exec)
    seed = unsafe execution.seed
  }

  /// Ends the call.
  func close() { unsafe call = nil }

  var shouldStop: Bool { unsafe call.map { unsafe host.shouldStop($0) } ?? true }

  func log(_ level: LogLevel, _ message: String) { host.log(level, message) }

  /// The names of a pair.
  func pair(
    _ index: Int
  ) throws(PluginError) -> (student: String, teacher: String, stride: Int?) {
    guard let read = unsafe table.pair, let call = unsafe call else { return ("", "", nil) }
    var raw = unsafe esp_pair()
    unsafe raw.struct_size = UInt32(MemoryLayout<esp_pair>.size)
    let status = unsafe read(call, UInt32(index), &raw)
    guard status == ESP_OK else { throw failure(status, "pair") }
    return unsafe (
      String(crossing: raw.student), String(crossing: raw.teacher),
      raw.stride > 0 ? Int(raw.stride) : nil
    )
  }

  func targets() throws(PluginError) -> [DistillTarget] {
    guard let call = unsafe call else {
      throw PluginError(.invalidArgument, "the call that this context was for has ended: keep none")
    }
    guard let read = unsafe table.targets else {
      throw PluginError(.unimplemented, "this host does not offer \"targets\"")
    }
    var view = unsafe esp_tensor_view()
    unsafe view.struct_size = UInt32(MemoryLayout<esp_tensor_view>.size)
    let status = unsafe read(call, &view)
    guard status == ESP_OK else { throw failure(status, "targets") }
    let rows = unsafe view.ndim == 2 ? Int(view.shape?[0] ?? 0) : 0
    guard let base = unsafe view.data?.assumingMemoryBound(to: Float.self), rows > 0 else {
      return []
    }
    return (0..<rows).map { row in
      let values = unsafe UnsafeBufferPointer(start: base + row * 7, count: 7)
      return unsafe DistillTarget(
        image: Int(values[0]),
        category: Int(values[1]),
        centerX: values[2],
        centerY: values[3],
        width: values[4],
        height: values[5],
        weight: values[6]
      )
    }
  }

  private func failure(_ status: esp_status, _ name: String) -> PluginError {
    let code = PluginError.Code(rawValue: status)
    return PluginError(code, "the host's \"\(name)\" failed: \(code)")
  }
}

@available(*, unavailable)
extension HostDistillContext: Sendable {}
