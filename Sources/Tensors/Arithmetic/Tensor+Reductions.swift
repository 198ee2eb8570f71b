// What many elements come to. Without axes the result is a scalar; along axes these fall away, or stay with size 1
// where they are kept. Negative axes count from the last. An empty list of axes means all.
extension Tensor {
  /// The sum of all elements.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func sum() throws(TensorError) -> Tensor { try ATen.one("sum", self) }

  /// The sums along axes, in the type `dtype` where one is given.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not.
  public func sum(
    along axes: [Int],
    keepingAxes: Bool = false,
    as dtype: DType? = nil
  ) throws(TensorError) -> Tensor {
    try ATen.one("sum", "dim_IntList", self, axes, keepingAxes, dtype)
  }

  /// The mean of all elements.
  ///
  /// - Throws: ``TensorError`` for whole numbers.
  public func mean() throws(TensorError) -> Tensor { try ATen.one("mean", self) }

  /// The means along axes, in the type `dtype` where one is given.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not, and for whole numbers without a `dtype` of floats.
  public func mean(
    along axes: [Int],
    keepingAxes: Bool = false,
    as dtype: DType? = nil
  ) throws(TensorError) -> Tensor {
    try ATen.one("mean", "dim", self, axes, keepingAxes, dtype)
  }

  /// The products along an axis.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not.
  public func product(along axis: Int, keepingAxis: Bool = false) throws(TensorError) -> Tensor {
    try ATen.one("prod", "dim_int", self, axis, keepingAxis)
  }

  /// The greatest of all elements; NaN where there is one.
  ///
  /// - Throws: ``TensorError`` for a tensor without elements.
  public func max() throws(TensorError) -> Tensor { try ATen.one("max", self) }

  /// The greatest elements along axes.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not, or that has no elements.
  public func max(along axes: [Int], keepingAxes: Bool = false) throws(TensorError) -> Tensor {
    try ATen.one("amax", self, axes, keepingAxes)
  }

  /// The least of all elements; NaN where there is one.
  ///
  /// - Throws: ``TensorError`` for a tensor without elements.
  public func min() throws(TensorError) -> Tensor { try ATen.one("min", self) }

  /// The least elements along axes.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not, or that has no elements.
  public func min(along axes: [Int], keepingAxes: Bool = false) throws(TensorError) -> Tensor {
    try ATen.one("amin", self, axes, keepingAxes)
  }

  /// The Euclidean lengths along axes, or of the whole tensor, in the type `dtype` where one is given.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not, and for whole numbers.
  public func length(
    along axes: [Int]? = nil,
    keepingAxes: Bool = false,
    as dtype: DType? = nil
  ) throws(TensorError) -> Tensor {
    try ATen.one("linalg_vector_norm", self, 2.0, axes, keepingAxes, dtype)
  }
}
