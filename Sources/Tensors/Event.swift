import CEspalier

extension Device {
  /// The device's own handle of the current stream (`cudaStream_t`); nil on the CPU.
  ///
  /// - Throws: ``TensorError`` if the runtime or the device is not there.
  @unsafe public func currentStream() throws(TensorError) -> UnsafeMutableRawPointer? {
    let ops = unsafe try Runtime.ops()
    var stream: UnsafeMutableRawPointer?
    unsafe try Runtime.check("current_stream") { error in
      unsafe ops.pointee.current_stream(kind.rawValue, Int32(index), &stream, error)
    }
    return unsafe stream
  }

  /// Waits for everything on the current stream.
  ///
  /// - Throws: ``TensorError`` if the device is not there, or an error of a kernel that ran before.
  public func synchronize() throws(TensorError) {
    let ops = unsafe try Runtime.ops()
    unsafe try Runtime.check("synchronize") { error in
      unsafe ops.pointee.synchronize(kind.rawValue, Int32(index), error)
    }
  }
}

/// A mark on a device's stream; on the CPU, a moment.
public final class Event: Sendable {
  /// The runtime's handle as a number; torch's events may be used from any thread, one at a time.
  private let bits: UInt

  /// Makes an event that is not recorded yet.
  ///
  /// - Parameters:
  ///   - device: Whose streams it marks.
  ///   - timing: Whether ``milliseconds(to:)`` will be asked.
  /// - Throws: ``TensorError`` if the runtime or the device is not there.
  public init(on device: Device, timing: Bool = false) throws(TensorError) {
    let ops = unsafe try Runtime.ops()
    var made: OpaquePointer?
    unsafe try Runtime.check("create_event") { error in
      unsafe ops.pointee.create_event(
        device.kind.rawValue,
        Int32(device.index),
        timing ? ESP_EVENT_TIMING : 0,
        &made,
        error
      )
    }
    bits = UInt(bitPattern: made)
  }

  deinit {
    unsafe Runtime.loadedOps?.pointee.destroy_event(OpaquePointer(bitPattern: bits))
  }

  /// Marks the current stream's end.
  ///
  /// - Throws: ``TensorError`` from the device.
  public func record() throws(TensorError) {
    unsafe try perform("record_event") { ops, event, error in
      unsafe ops.pointee.record_event(event, error)
    }
  }

  /// Makes the current stream wait for the mark.
  ///
  /// - Throws: ``TensorError`` from the device.
  public func wait() throws(TensorError) {
    unsafe try perform("wait_event") { ops, event, error in
      unsafe ops.pointee.wait_event(event, error)
    }
  }

  /// Waits for the mark.
  ///
  /// - Throws: ``TensorError`` from the device.
  public func synchronize() throws(TensorError) {
    unsafe try perform("synchronize_event") { ops, event, error in
      unsafe ops.pointee.synchronize_event(event, error)
    }
  }

  /// The time between two recorded events.
  ///
  /// - Throws: ``TensorError`` if one is not recorded, or was made without timing.
  public func milliseconds(to later: Event) throws(TensorError) -> Double {
    var elapsed = 0.0
    unsafe try perform("elapsed") { ops, event, error in
      guard let end = unsafe OpaquePointer(bitPattern: later.bits) else { return ESP_E_INTERNAL }
      return unsafe ops.pointee.elapsed(event, end, &elapsed, error)
    }
    extendLifetime(later)
    return elapsed
  }

  private func perform(
    _ function: StaticString,
    _ body: (UnsafePointer<esp_ops_v1>, OpaquePointer, esp_error_text) -> esp_status
  ) throws(TensorError) {
    let ops = unsafe try Runtime.ops()
    guard let event = unsafe OpaquePointer(bitPattern: bits) else { return }
    unsafe try Runtime.check(function) { error in unsafe body(ops, event, error) }
    extendLifetime(self)
  }
}
