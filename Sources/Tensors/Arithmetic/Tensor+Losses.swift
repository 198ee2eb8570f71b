extension Tensor {
  /// What becomes of the losses of single elements.
  public enum Reduction: Int, Sendable, Hashable {
    /// They stay as they are.
    case none = 0
    /// Their mean.
    case mean = 1
    /// Their sum.
    case sum = 2
  }

  /// The absolute differences from another tensor; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public func absoluteError(
    to other: Tensor,
    _ reduction: Reduction = .mean
  ) throws(TensorError) -> Tensor {
    try ATen.one("l1_loss", self, other, reduction.rawValue)
  }

  /// The squared differences from another tensor; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public func squaredError(
    to other: Tensor,
    _ reduction: Reduction = .mean
  ) throws(TensorError) -> Tensor {
    try ATen.one("mse_loss", self, other, reduction.rawValue)
  }

  /// The differences from another tensor: half the square over `beta` below `beta`, above it the magnitude less `beta` / 2 (smooth L1).
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public func smoothError(
    to other: Tensor,
    beta: Double = 1,
    _ reduction: Reduction = .mean
  ) throws(TensorError) -> Tensor {
    try ATen.one("smooth_l1_loss", self, other, reduction.rawValue, beta)
  }

  /// The divergence of these logarithms of shares from `other`'s: Σ exp(other) · (other - this).
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public func divergence(
    fromLogarithms other: Tensor,
    _ reduction: Reduction = .sum
  ) throws(TensorError) -> Tensor {
    try ATen.one("kl_div", self, other, reduction.rawValue, true)
  }

  /// The cross-entropies of these logits with wanted probabilities, each multiplied by its weight.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they differ.
  public func binaryCrossEntropy(
    with wanted: Tensor,
    weight: Tensor? = nil,
    _ reduction: Reduction = .mean
  ) throws(TensorError) -> Tensor {
    try ATen.one(
      "binary_cross_entropy_with_logits",
      self,
      wanted,
      weight,
      ATenValue.none,
      reduction.rawValue
    )
  }

  /// The cross-entropies of rows of logits, [n, classes], with the numbers of their classes, [n].
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not go together.
  public func crossEntropy(
    withClasses classes: Tensor,
    _ reduction: Reduction = .mean
  ) throws(TensorError) -> Tensor {
    try ATen.one("cross_entropy_loss", self, classes, ATenValue.none, reduction.rawValue)
  }
}
