extension Tensor {
  /// The same values in a type that torch computes with, all of them exactly: this tensor where it has one.
  ///
  /// 8-bit floats and those of 4 bits become float32, whole numbers of 2 and 4 bits int8 or uint8.
  ///
  /// - Throws: ``TensorError`` if torch cannot convert.
  public func widened() throws(TensorError) -> Tensor {
    switch dtype {
    case .int2, .int4: return try viewed(as: .int8)
    case .uint2, .uint4: return try viewed(as: .uint8)
    case .float4e2m1:
      let values: [Float] = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6]
      var table = try Tensor(values, shape: [16])
      if device.kind != .cpu { table = try ATen.one("to", "device", table, device, DType.float32) }
      let codes: Tensor = try ATen.one("to", "dtype", viewed(as: .uint8), DType.int64)
      return try ATen.one("take", "", table, codes)
    case let type where type.isStorageOnly: return try ATen.one("to", "dtype", self, DType.float32)
    default: return self
    }
  }

  /// The same bytes as another type of the same width, without a copy.
  ///
  /// - Throws: ``TensorError`` if the widths differ.
  public func viewed(as type: DType) throws(TensorError) -> Tensor {
    dtype == type ? self : try ATen.one("view", "dtype", self, type)
  }

  /// Moves the elements of a storage-only type about as int8, for which torch has all its operators.
  func asBytes(_ move: (Tensor) throws(TensorError) -> Tensor) throws(TensorError) -> Tensor {
    guard dtype.isStorageOnly else { return try move(self) }
    return try move(viewed(as: .int8)).viewed(as: dtype)
  }
}
