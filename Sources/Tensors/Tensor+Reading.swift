public import CEspalier

extension Tensor {
  /// The elements as `Float`, in row-major order; other types are converted.
  ///
  /// - Throws: ``TensorError`` if torch cannot convert or copy.
  public func floats() throws(TensorError) -> [Float] { try elements(as: .float32) }

  /// The elements as `Double`, in row-major order; other types are converted.
  ///
  /// - Throws: ``TensorError`` if torch cannot convert or copy.
  public func doubles() throws(TensorError) -> [Double] { try elements(as: .float64) }

  /// The elements as `Int`, in row-major order; fractions are cut off.
  ///
  /// - Throws: ``TensorError`` if torch cannot convert or copy.
  public func ints() throws(TensorError) -> [Int] { try elements(as: .int64) }

  /// The elements as `Bool`, in row-major order; every number but 0 is true.
  ///
  /// - Throws: ``TensorError`` if torch cannot convert or copy.
  public func bools() throws(TensorError) -> [Bool] { try elements(as: .bool) }

  /// Calls `body` with the elements in row-major order, in main memory.
  ///
  /// The bytes are the tensor's own where it is contiguous on the CPU, else those of a copy; they are valid during the call.
  ///
  /// - Throws: ``TensorError`` if torch cannot copy, or what `body` throws.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let tensor = try rowMajor()
    defer { extendLifetime(tensor) }
    return unsafe try body(tensor.bytes())
  }

  /// Calls `body` with a view of the tensor as plugins get it; pointers in it are valid during the call.
  ///
  /// - Throws: ``TensorError`` for a tensor without memory of its own, or what `body` throws.
  public func withView<Result>(
    readOnly: Bool = true,
    _ body: (esp_tensor_view) throws -> Result
  ) throws -> Result {
    defer { extendLifetime(self) }
    let dtype = try checkedDType()
    let info = unsafe self.info
    var view = unsafe esp_tensor_view()
    unsafe view.struct_size = UInt32(MemoryLayout<esp_tensor_view>.size)
    unsafe view.flags = readOnly ? ESP_VIEW_READ_ONLY : 0
    unsafe view.data = try address()
    unsafe view.device_type = info.device_type
    unsafe view.device_id = info.device_id
    unsafe view.ndim = Int32(info.ndim)
    unsafe view.dtype_code = dtype.dlpackCode
    unsafe view.dtype_bits = UInt8(dtype.byteCount * 8)
    unsafe view.dtype_lanes = 1
    unsafe view.shape = info.shape
    unsafe view.strides = info.strides
    unsafe view.handle = handle
    return unsafe try body(view)
  }

  /// The same elements in row-major order in main memory: this tensor where it is so already.
  ///
  /// - Throws: ``TensorError`` if torch cannot copy.
  public func rowMajor() throws(TensorError) -> Tensor {
    var tensor = self
    if tensor.isMKLDNN { tensor = try ATen.one("to_dense", "", tensor) }
    if tensor.device.kind != .cpu {
      tensor = try ATen.one("to", "device", tensor, Device.cpu, tensor.dtype)
    }
    if tensor.dtype.isComplex {
      tensor = try ATen.one("resolve_neg", "", ATen.one("resolve_conj", "", tensor))
    }
    if tensor.isContiguous { return tensor }
    return try tensor.asBytes { bytes throws(TensorError) in
      try ATen.one("contiguous", "", bytes)
    }
  }

  private func elements<Element: BitwiseCopyable>(as dtype: DType) throws(TensorError) -> [Element]
  {
    var tensor = self
    if tensor.isMKLDNN { tensor = try ATen.one("to_dense", "", tensor) }
    tensor = try tensor.widened()
    if tensor.dtype != dtype { tensor = try ATen.one("to", "dtype", tensor, dtype) }
    tensor = try tensor.rowMajor()
    let bytes = unsafe try tensor.bytes()
    let values = unsafe [Element](unsafeUninitializedCapacity: tensor.count) { buffer, count in
      unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      count = tensor.count
    }
    extendLifetime(tensor)
    return values
  }

  /// The bytes of a row-major tensor in main memory.
  @unsafe private func bytes() throws(TensorError) -> UnsafeRawBufferPointer {
    let size = try count * checkedDType().byteCount
    return unsafe UnsafeRawBufferPointer(start: try address(), count: size)
  }

  /// The address of the first element; nil for an empty tensor.
  @unsafe private func address() throws(TensorError) -> UnsafeMutableRawPointer? {
    let ops = unsafe try Runtime.ops()
    var address: UnsafeMutableRawPointer?
    unsafe try Runtime.check("data") { error in unsafe ops.pointee.data(handle, &address, error) }
    return unsafe address
  }
}
