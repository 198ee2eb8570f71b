import CEspalier
import CEspalierRuntime

/// A queue of a device's work beside the usual one, so that two networks can be computed at once; on the CPU nothing but the calls.
///
/// It belongs to one thread, as torch's current stream does.
///
/// Memory needs no further care as long as each ``enqueue(_:)`` is followed by a ``join()`` before its results are used: work
/// enqueued here begins behind all that was enqueued before it, so no block is taken that is still read.
public final class Stream {
  /// The runtime's handle as a number; 0 on the CPU.
  private let bits: UInt

  /// Takes a stream of torch's pool for `device`.
  ///
  /// - Throws: ``TensorError`` if the runtime or the device is not there.
  public init(on device: Device) throws(TensorError) {
    guard device.kind != .cpu, let host = unsafe try Runtime.host() else {
      bits = 0
      return
    }
    var made: OpaquePointer?
    unsafe try Runtime.check("open_stream") { error in
      unsafe host.pointee.open_stream(device.kind.rawValue, Int32(device.index), &made, error)
    }
    bits = UInt(bitPattern: made)
  }

  deinit {
    guard bits != 0, let host = unsafe try? Runtime.host() else { return }
    unsafe host.pointee.close_stream(OpaquePointer(bitPattern: bits))
  }

  /// Runs `body`, whose work is enqueued here, behind what the thread's current stream holds.
  ///
  /// - Returns: what `body` returns; its tensors are ready for the current stream after ``join()``.
  /// - Throws: ``TensorError`` from the device or within an ``enqueue(_:)`` of this stream, or what `body` throws.
  public func enqueue<Result>(_ body: () throws -> Result) throws -> Result {
    unsafe try perform("enter_stream") { table, stream, error in
      unsafe table.pointee.enter_stream(stream, error)
    }
    let result: Result
    do { result = try body() } catch {
      try? leave()
      throw error
    }
    try leave()
    return result
  }

  /// Makes the thread's current stream wait for what was enqueued here; the caller does not wait.
  ///
  /// - Throws: ``TensorError`` from the device.
  public func join() throws(TensorError) {
    unsafe try perform("join_stream") { table, stream, error in
      unsafe table.pointee.join_stream(stream, error)
    }
  }

  private func leave() throws(TensorError) {
    unsafe try perform("leave_stream") { table, stream, error in
      unsafe table.pointee.leave_stream(stream, error)
    }
  }

  private func perform(
    _ function: StaticString,
    _ body: (UnsafePointer<esp_runtime_table>, OpaquePointer, esp_error_text) -> esp_status
  ) throws(TensorError) {
    guard let stream = unsafe OpaquePointer(bitPattern: bits),
      let host = unsafe try Runtime.host()
    else { return }
    unsafe try Runtime.check(function) { error in unsafe body(host, stream, error) }
    extendLifetime(self)
  }
}

@available(*, unavailable) extension Stream: Sendable {}
