// Functions of each element; the result has this tensor's shape. Those with fractions make floats of whole numbers.
extension Tensor {
  /// The magnitudes.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func abs() throws(TensorError) -> Tensor { try ATen.one("abs", self) }

  /// The squares.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func square() throws(TensorError) -> Tensor { try ATen.one("square", self) }

  /// The square roots, NaN below 0.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func sqrt() throws(TensorError) -> Tensor { try ATen.one("sqrt", self) }

  /// The reciprocals of the square roots.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func rsqrt() throws(TensorError) -> Tensor { try ATen.one("rsqrt", self) }

  /// The powers of e.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func exp() throws(TensorError) -> Tensor { try ATen.one("exp", self) }

  /// The natural logarithms, NaN below 0.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func log() throws(TensorError) -> Tensor { try ATen.one("log", self) }

  /// The nearest whole numbers, halves to the even one.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func rounded() throws(TensorError) -> Tensor { try ATen.one("round", self) }

  /// The greatest whole numbers that are not above.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func floor() throws(TensorError) -> Tensor { try ATen.one("floor", self) }

  /// The least whole numbers that are not below.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func ceil() throws(TensorError) -> Tensor { try ATen.one("ceil", self) }

  /// The powers with one exponent.
  ///
  /// - Throws: ``TensorError`` for whole numbers with a negative whole exponent.
  public func pow(_ exponent: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("pow", "Tensor_Scalar", self, exponent)
  }

  /// The elements, at least `low` and at most `high`.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func clamped<Bound: TensorScalar>(
    min low: Bound,
    max high: Bound
  ) throws(TensorError) -> Tensor {
    try ATen.one("clamp", self, low, high)
  }

  /// The elements, at least `low`.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func clamped(min low: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("clamp_min", self, low)
  }

  /// The elements, at most `high`.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func clamped(max high: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("clamp_max", self, high)
  }

  /// The greater of each two elements; shapes broadcast, and NaN wins.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public func maximum(_ other: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("maximum", self, other)
  }

  /// The lesser of each two elements; shapes broadcast, and NaN wins.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public func minimum(_ other: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("minimum", self, other)
  }
}
