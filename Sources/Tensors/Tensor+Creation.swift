import CEspalier

extension Tensor {
  /// Copies contiguous elements into a new tensor on the CPU.
  ///
  /// - Parameters:
  ///   - bytes: The elements in row-major order, little endian, exactly as many as `shape` says.
  ///   - shape: The size of each dimension; empty for a scalar.
  ///   - dtype: The element type.
  /// - Throws: ``TensorError/byteCount(shape:dtype:found:)``, or why the runtime does not load.
  public convenience init(
    bytes: UnsafeRawBufferPointer,
    shape: [Int],
    dtype: DType
  ) throws(TensorError) {
    unsafe try Self.checkCount(bytes, shape, dtype)
    let ops = unsafe try Runtime.ops()
    var made: OpaquePointer?
    unsafe try Runtime.check("create") { error in
      unsafe Self.withDimensions(shape) { dimensions in
        unsafe ops.pointee.create(
          bytes.baseAddress,
          dtype.torchCode,
          dimensions,
          UInt64(shape.count),
          &made,
          error
        )
      }
    }
    unsafe try self.init(result: made, of: "create")
  }

  /// Makes a tensor over memory that someone else keeps, without a copy.
  ///
  /// - Parameters:
  ///   - bytes: The elements in row-major order. Memory that is mapped read-only must not be given to
  ///     operators that write in place.
  ///   - shape: The size of each dimension.
  ///   - dtype: The element type.
  ///   - owner: Keeps `bytes` valid; let go when torch drops the memory, from any thread.
  /// - Throws: ``TensorError/byteCount(shape:dtype:found:)``, or why the runtime does not load.
  public convenience init(
    borrowing bytes: UnsafeRawBufferPointer,
    shape: [Int],
    dtype: DType,
    owner: any AnyObject & Sendable
  ) throws(TensorError) {
    unsafe try Self.checkCount(bytes, shape, dtype)
    let ops = unsafe try Runtime.ops()
    let context = unsafe Unmanaged<AnyObject>.passRetained(owner).toOpaque()
    let deleter: esp_deleter = { context in
      guard let context = unsafe context else { return }
      unsafe Unmanaged<AnyObject>.fromOpaque(context).release()
    }
    var made: OpaquePointer?
    unsafe try Runtime.check("borrow") { error in
      unsafe Self.withDimensions(shape) { dimensions in
        unsafe ops.pointee.borrow(
          UnsafeMutableRawPointer(mutating: bytes.baseAddress),
          dtype.torchCode,
          dimensions,
          nil,
          UInt64(shape.count),
          ESP_DEVICE_CPU,
          0,
          deleter,
          context,
          &made,
          error
        )
      }
    }
    unsafe try self.init(result: made, of: "borrow")
  }

  /// Makes a `float32` tensor of values in row-major order.
  ///
  /// - Throws: ``TensorError/byteCount(shape:dtype:found:)``, or why the runtime does not load.
  public convenience init(_ values: [Float], shape: [Int]) throws(TensorError) {
    try self.init(elements: values, shape: shape, dtype: .float32)
  }

  /// Makes a `float64` tensor of values in row-major order.
  ///
  /// - Throws: ``TensorError/byteCount(shape:dtype:found:)``, or why the runtime does not load.
  public convenience init(_ values: [Double], shape: [Int]) throws(TensorError) {
    try self.init(elements: values, shape: shape, dtype: .float64)
  }

  /// Makes an `int64` tensor of values in row-major order.
  ///
  /// - Throws: ``TensorError/byteCount(shape:dtype:found:)``, or why the runtime does not load.
  public convenience init(_ values: [Int64], shape: [Int]) throws(TensorError) {
    try self.init(elements: values, shape: shape, dtype: .int64)
  }

  /// Makes a `bool` tensor of values in row-major order.
  ///
  /// - Throws: ``TensorError/byteCount(shape:dtype:found:)``, or why the runtime does not load.
  public convenience init(_ values: [Bool], shape: [Int]) throws(TensorError) {
    try self.init(elements: values, shape: shape, dtype: .bool)
  }

  /// Makes a tensor of `value` everywhere.
  ///
  /// - Throws: ``TensorError`` if the runtime does not load or the shape is impossible.
  public static func full(
    _ shape: [Int],
    _ value: Double,
    dtype: DType = .float32,
    device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try ATen.one(
      "full",
      "",
      shape,
      value,
      dtype,
      ATenValue.default,
      device
    )
  }

  /// Makes a tensor of zeros with the shape, type, order and device of another.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func zeros(like other: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("zeros_like", other)
  }

  /// Makes a tensor of ones with the shape, type, order and device of another.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func ones(like other: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("ones_like", other)
  }

  private convenience init<Element: BitwiseCopyable>(
    elements: [Element],
    shape: [Int],
    dtype: DType
  ) throws(TensorError) {
    let outcome = unsafe elements.withUnsafeBytes { bytes -> Result<OpaquePointer, TensorError> in
      do throws(TensorError) {
        return unsafe .success(
          try Tensor(bytes: bytes, shape: shape, dtype: dtype).retainedHandle()
        )
      } catch {
        return unsafe .failure(error)
      }
    }
    unsafe try self.init(adopting: outcome.get())
  }

  /// Takes over what a function of the runtime handed out.
  @unsafe convenience init(
    result: OpaquePointer?,
    of function: String
  ) throws(TensorError) {
    guard let result = unsafe result else {
      throw .runtimeFailed(function: function, status: ESP_E_INTERNAL, message: "it gave no tensor")
    }
    unsafe self.init(adopting: result)
  }

  private static func checkCount(
    _ bytes: UnsafeRawBufferPointer,
    _ shape: [Int],
    _ dtype: DType
  ) throws(TensorError) {
    guard bytes.count == dtype.byteCount(ofShape: shape) else {
      throw .byteCount(shape: shape, dtype: dtype, found: bytes.count)
    }
  }

  /// Calls `body` with the dimensions as the C table wants them.
  @unsafe private static func withDimensions(
    _ shape: [Int],
    _ body: (UnsafePointer<Int64>?) -> esp_status
  ) -> esp_status {
    unsafe withUnsafeTemporaryAllocation(of: Int64.self, capacity: Swift.max(shape.count, 1)) {
      buffer in
      for index in shape.indices { unsafe buffer[index] = Int64(shape[index]) }
      return unsafe body(UnsafePointer(buffer.baseAddress))
    }
  }
}
