// Shapes broadcast as in numpy: aligned from the last axis, an axis of 1 or a missing one is repeated, so that
// [8, 1, 3] + [5, 1] is [8, 5, 3]. Types of unlike width meet at the wider one.
extension Tensor {
  /// The sums, elementwise; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func + (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("add", "Tensor", a, b)
  }

  /// Each element plus a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func + (a: Tensor, b: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("add", "Scalar", a, b)
  }

  /// Each element plus a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func + (a: some TensorScalar, b: Tensor) throws(TensorError) -> Tensor {
    try b + a
  }

  /// The differences, elementwise; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func - (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("sub", "Tensor", a, b)
  }

  /// Each element less a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func - (a: Tensor, b: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("sub", "Scalar", a, b)
  }

  /// A number less each element.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func - (a: some TensorScalar, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("rsub", "Scalar", b, a)
  }

  /// Each element with the other sign.
  ///
  /// - Throws: ``TensorError`` for `bool`.
  public static prefix func - (a: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("neg", a)
  }

  /// The products, elementwise; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func * (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("mul", "Tensor", a, b)
  }

  /// Each element times a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func * (a: Tensor, b: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("mul", "Scalar", a, b)
  }

  /// Each element times a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func * (a: some TensorScalar, b: Tensor) throws(TensorError) -> Tensor {
    try b * a
  }

  /// The quotients, elementwise; shapes broadcast, and quotients of whole numbers are floats.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func / (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("div", "Tensor", a, b)
  }

  /// Each element divided by a number; quotients of whole numbers are floats.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func / (a: Tensor, b: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("div", "Scalar", a, b)
  }

  /// This plus `factor` times the other in one pass; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public func adding(
    _ other: Tensor,
    times factor: some TensorScalar
  ) throws(TensorError) -> Tensor {
    try ATen.one("add", "Tensor", self, other, factor)
  }

  /// This less `factor` times the other in one pass; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public func subtracting(
    _ other: Tensor,
    times factor: some TensorScalar
  ) throws(TensorError) -> Tensor {
    try ATen.one("sub", "Tensor", self, other, factor)
  }

  /// This plus the products of two others in one pass; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with the three shapes where they do not broadcast.
  public func addingProduct(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("addcmul", self, a, b)
  }
}
