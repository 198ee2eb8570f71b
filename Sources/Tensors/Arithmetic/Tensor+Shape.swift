// The same elements in another shape, order, type or place. Results share memory with this tensor where they can.
extension Tensor {
  /// The same elements in another shape; one size may be -1, which is then worked out.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where the counts differ.
  public func reshaped(_ shape: [Int]) throws(TensorError) -> Tensor {
    try ATen.one("reshape", self, shape)
  }

  /// The axes in another order: [2, 0, 1] puts the last one first.
  ///
  /// - Throws: ``TensorError`` for a list that does not name each axis once.
  public func permuted(_ axes: [Int]) throws(TensorError) -> Tensor {
    try ATen.one("permute", self, axes)
  }

  /// Two axes in each other's place.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not.
  public func transposed(_ a: Int, _ b: Int) throws(TensorError) -> Tensor {
    try ATen.one("transpose", "int", self, a, b)
  }

  /// A matrix with rows and columns in each other's place; a vector or a scalar as it is.
  ///
  /// - Throws: ``TensorError`` for more than two axes.
  public func transposed() throws(TensorError) -> Tensor { try ATen.one("t", self) }

  /// The axes `first` through `last` as one.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not.
  public func flattened(from first: Int, through last: Int) throws(TensorError) -> Tensor {
    try ATen.one("flatten", "using_ints", self, first, last)
  }

  /// A new axis of size 1 before the one that is now `axis`.
  ///
  /// - Throws: ``TensorError`` for a place that there is not.
  public func unsqueezed(at axis: Int) throws(TensorError) -> Tensor {
    try ATen.one("unsqueeze", self, axis)
  }

  /// The tensor without an axis of size 1; as it is where the axis is longer.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not.
  public func squeezed(at axis: Int) throws(TensorError) -> Tensor {
    try ATen.one("squeeze", "dim", self, axis)
  }

  /// The tensor repeated along axes of size 1, without a copy; -1 keeps a size.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where it does not broadcast to `shape`.
  public func expanded(to shape: [Int]) throws(TensorError) -> Tensor {
    try ATen.one("expand", self, shape)
  }

  /// The elements in row-major order without gaps; this tensor where they lie so already.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func contiguous() throws(TensorError) -> Tensor { try ATen.one("contiguous", self) }

  /// The elements in the order of a memory format; this tensor where they lie so already.
  ///
  /// - Throws: ``TensorError`` for a rank that the format is not for.
  public func contiguous(_ format: MemoryFormat) throws(TensorError) -> Tensor {
    try ATen.one("contiguous", self, format)
  }

  /// The elements as another type, fractions cut off for whole numbers; this tensor where it has the type already.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func converted(to dtype: DType) throws(TensorError) -> Tensor {
    self.dtype == dtype ? self : try ATen.one("to", "dtype", self, dtype)
  }

  /// The tensor on `device`; this tensor where it is there already.
  ///
  /// - Throws: ``TensorError`` where the device cannot be used or has no room.
  public func moved(to device: Device) throws(TensorError) -> Tensor {
    self.device == device ? self : try ATen.one("to", "device", self, device, dtype)
  }

  /// A copy with memory of its own, recorded for gradients.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func copied() throws(TensorError) -> Tensor { try ATen.one("clone", self) }
}
