import CEspalier

/// A tensor of the shared runtime: one counted reference to torch's.
///
/// Arithmetic is written with operators and methods, `try (a - b).abs().mean()`; what is rare is called through
/// ``ATen``. Shapes broadcast as in numpy: aligned from the last axis, an axis of 1 or a missing one is repeated.
/// A tensor can be read from any thread; operators that write in place follow torch's rules, not Swift's.
public final class Tensor: Sendable {
  /// The runtime's handle as a number, which unlike a pointer is Sendable; torch counts references atomically.
  private let bits: UInt

  /// Takes over one reference to a handle.
  ///
  /// - Parameter handle: A tensor of the runtime that the caller owns.
  @unsafe public init(adopting handle: OpaquePointer) {
    bits = UInt(bitPattern: handle)
  }

  /// Makes a second reference to a handle.
  ///
  /// - Parameter handle: A tensor of the runtime that the caller has borrowed.
  /// - Throws: ``TensorError`` if no runtime is loaded.
  @unsafe public convenience init(retaining handle: OpaquePointer) throws(TensorError) {
    _ = unsafe try Runtime.ops().pointee.retain(handle)
    unsafe self.init(adopting: handle)
  }

  deinit {
    unsafe Runtime.loadedOps?.pointee.release(OpaquePointer(bitPattern: bits))
  }

  /// Calls `body` with the runtime's handle, borrowed for the call.
  @unsafe @inlinable
  public func withHandle<Result, Failure: Error>(
    _ body: (OpaquePointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { extendLifetime(self) }
    return unsafe try body(handle)
  }

  /// Makes a reference for someone else, who releases it.
  @unsafe public func retainedHandle() -> OpaquePointer {
    _ = unsafe Runtime.loadedOps?.pointee.retain(handle)
    return unsafe handle
  }

  /// The handle; valid while this object lives.
  @unsafe @usableFromInline var handle: OpaquePointer {
    // Made from a pointer that was not null, so it is none now.
    unsafe unsafeBitCast(bits, to: OpaquePointer.self)
  }

  /// What the runtime knows of the tensor; pointers in it live as long as the tensor.
  @unsafe var info: esp_tensor_info {
    var info = unsafe esp_tensor_info()
    unsafe info.struct_size = UInt32(MemoryLayout<esp_tensor_info>.size)
    unsafe Runtime.loadedOps?.pointee.info(handle, &info)
    return unsafe info
  }
}

extension Tensor {
  /// The size of each dimension; empty for a scalar.
  public var shape: [Int] {
    defer { extendLifetime(self) }
    let info = unsafe self.info
    return unsafe UnsafeBufferPointer(start: info.shape, count: Int(info.ndim)).map { Int($0) }
  }

  /// Elements to step for one step in each dimension; nil where the layout has no strides.
  public var strides: [Int]? {
    defer { extendLifetime(self) }
    let info = unsafe self.info
    guard let strides = unsafe info.strides else { return unsafe info.ndim == 0 ? [] : nil }
    return unsafe UnsafeBufferPointer(start: strides, count: Int(info.ndim)).map { Int($0) }
  }

  /// The number of dimensions.
  public var rank: Int { unsafe Int(info.ndim) }

  /// The number of elements.
  public var count: Int { unsafe Int(info.count) }

  /// The element type.
  ///
  /// - Throws: ``TensorError/unsupportedDType(code:)`` for torch's quantized types.
  public func checkedDType() throws(TensorError) -> DType {
    let code = unsafe info.dtype
    guard let dtype = DType(torchCode: code) else { throw .unsupportedDType(code: code) }
    return dtype
  }

  /// The element type; torch's quantized types read as the bytes that they are (uint8).
  public var dtype: DType { unsafe DType(torchCode: info.dtype) ?? .uint8 }

  /// The device that holds the elements.
  public var device: Device {
    let info = unsafe self.info
    return unsafe Device(
      kind: Device.Kind(rawValue: info.device_type) ?? .cpu,
      index: Int(info.device_id)
    )
  }

  /// Whether elements lie in row-major order without gaps.
  public var isContiguous: Bool { unsafe info.flags & ESP_TENSOR_CONTIGUOUS != 0 }

  /// Whether elements lie in channels-last order.
  public var isChannelsLast: Bool { unsafe info.flags & ESP_TENSOR_CHANNELS_LAST != 0 }

  /// Whether the tensor is stored in oneDNN's own order.
  public var isMKLDNN: Bool { unsafe info.layout == ESP_LAYOUT_MKLDNN }
}

extension Tensor: CustomStringConvertible {
  /// Element type and shape, and the device unless it is the CPU: `float32[1, 3, 8, 8]`.
  public var description: String {
    let place = device.kind == .cpu ? "" : "@\(device)"
    return "\(dtype)\(shape)\(place)"
  }
}
