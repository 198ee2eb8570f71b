// Functions that networks and losses are made of; the result has this tensor's shape.
extension Tensor {
  /// The elements that are above 0, else 0.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func relu() throws(TensorError) -> Tensor { try ATen.one("relu", self) }

  /// The logistic function, 1 / (1 + exp(-x)).
  ///
  /// - Throws: ``TensorError`` from torch.
  public func sigmoid() throws(TensorError) -> Tensor { try ATen.one("sigmoid", self) }

  /// The inverse of the logistic function, log(x / (1 - x)).
  ///
  /// - Throws: ``TensorError`` from torch.
  public func logit() throws(TensorError) -> Tensor { try ATen.one("logit", self) }

  /// The shares exp(x) / Σ exp(x), which sum to 1 along an axis.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not.
  public func softmax(along axis: Int) throws(TensorError) -> Tensor {
    try ATen.one("softmax", "int", self, axis)
  }

  /// The logarithms of ``softmax(along:)``, exact also where a share is near 0.
  ///
  /// - Throws: ``TensorError`` for an axis that there is not.
  public func logSoftmax(along axis: Int) throws(TensorError) -> Tensor {
    try ATen.one("log_softmax", "int", self, axis)
  }
}
