// Parts of a tensor, and tensors put together. Negative axes count from the last.
extension Tensor {
  /// The `count` elements of an axis from `start` on, without a copy.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with the shape where the axis is shorter.
  public func narrowed(
    along axis: Int,
    from start: Int,
    count: Int
  ) throws(TensorError) -> Tensor {
    try ATen.one("narrow", self, axis, start, count)
  }

  /// The elements `start..<end` of an axis, without a copy; what lies beyond the axis is left out.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not.
  public func sliced(along axis: Int, from start: Int, to end: Int) throws(TensorError) -> Tensor {
    try ATen.one("slice", "Tensor", self, axis, start, end)
  }

  /// What lies at one index of an axis, without a copy; the axis falls away.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with the shape for an index that there is not.
  public func selected(along axis: Int, at index: Int) throws(TensorError) -> Tensor {
    try ATen.one("select", "int", self, axis, index)
  }

  /// Pieces of `size` along an axis, the last perhaps shorter, without a copy.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not.
  public func split(every size: Int, along axis: Int) throws(TensorError) -> [Tensor] {
    try ATen.many("split", "Tensor", self, size, axis)
  }

  /// Pieces of the given sizes along an axis, without a copy.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with the shape where the sizes do not fill the axis.
  public func split(into sizes: [Int], along axis: Int) throws(TensorError) -> [Tensor] {
    try ATen.many("split_with_sizes", "", self, sizes, axis)
  }

  /// Copies what lies at a vector of indices of an axis, which then has the vector's length.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes for an index that there is not.
  public func picked(along axis: Int, at indices: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("index_select", self, axis, indices)
  }

  /// Copies for each index its element along an axis, all other places being the index's own: the result has its shape.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where ranks differ or an index lies outside.
  public func gathered(along axis: Int, at indices: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("gather", self, axis, indices)
  }

  /// Copies what lies at indices of several axes at once; an axis with nil stays whole.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with the shapes where indices do not broadcast or lie outside.
  public func indexed(by indices: [Tensor?]) throws(TensorError) -> Tensor {
    try ATen.one("index", "Tensor", self, indices)
  }

  /// Tensors one behind the other along an axis; their other axes are equal.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with all shapes where the others differ, or without tensors.
  public static func concatenated(
    _ parts: [Tensor],
    along axis: Int
  ) throws(TensorError) -> Tensor {
    try ATen.one("cat", "", parts, axis)
  }

  /// Tensors of one shape along a new axis.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with all shapes where they differ, or without tensors.
  public static func stacked(
    _ parts: [Tensor],
    along axis: Int = 0
  ) throws(TensorError) -> Tensor {
    try ATen.one("stack", "", parts, axis)
  }
}
