extension Tensor {
  /// The matrix product: [n, k] x [k, m] is [n, m]; axes before the last two broadcast, and a vector is a row or column.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where the inner axes differ.
  public func matmul(_ other: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("matmul", self, other)
  }

  /// The matrix product of each pair of a batch: [b, n, k] x [b, k, m] is [b, n, m].
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where batches or inner axes differ.
  public func batchedMatmul(_ other: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("bmm", self, other)
  }
}
