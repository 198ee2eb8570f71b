// What changes a tensor where it lies; everyone who shares its memory sees it.
extension Tensor {
  /// Adds a tensor that broadcasts to this one.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where it does not broadcast to this one.
  public func addInPlace(_ other: Tensor) throws(TensorError) {
    _ = try ATen.one("add_", "Tensor", self, other)
  }

  /// Adds a number.
  ///
  /// - Throws: ``TensorError`` for a fraction beside whole numbers.
  public func addInPlace(_ number: some TensorScalar) throws(TensorError) {
    _ = try ATen.one("add_", "Scalar", self, number)
  }

  /// Multiplies by a number.
  ///
  /// - Throws: ``TensorError`` for a fraction beside whole numbers.
  public func multiplyInPlace(by number: some TensorScalar) throws(TensorError) {
    _ = try ATen.one("mul_", "Scalar", self, number)
  }

  /// Takes over the elements of a tensor that broadcasts to this one; type and device stay.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where it does not broadcast to this one.
  public func copyInPlace(_ other: Tensor) throws(TensorError) {
    _ = try ATen.one("copy_", self, other)
  }
}
