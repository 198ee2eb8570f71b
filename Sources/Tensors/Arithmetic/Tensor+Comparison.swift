// Each comparison gives a tensor of bool; shapes broadcast as in arithmetic, and NaN compares false but for `.!=`.
extension Tensor {
  /// Whether elements equal the other's; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func .== (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("eq", "Tensor", a, b)
  }

  /// Whether elements equal a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func .== (a: Tensor, b: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("eq", "Scalar", a, b)
  }

  /// Whether elements differ from the other's; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func .!= (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("ne", "Tensor", a, b)
  }

  /// Whether elements differ from a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func .!= (a: Tensor, b: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("ne", "Scalar", a, b)
  }

  /// Whether elements are less than the other's; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func .< (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("lt", "Tensor", a, b)
  }

  /// Whether elements are less than a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func .< (a: Tensor, b: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("lt", "Scalar", a, b)
  }

  /// Whether elements are at most the other's; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func .<= (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("le", "Tensor", a, b)
  }

  /// Whether elements are at most a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func .<= (a: Tensor, b: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("le", "Scalar", a, b)
  }

  /// Whether elements are greater than the other's; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func .> (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("gt", "Tensor", a, b)
  }

  /// Whether elements are greater than a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func .> (a: Tensor, b: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("gt", "Scalar", a, b)
  }

  /// Whether elements are at least the other's; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func .>= (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("ge", "Tensor", a, b)
  }

  /// Whether elements are at least a number.
  ///
  /// - Throws: ``TensorError`` from torch.
  public static func .>= (a: Tensor, b: some TensorScalar) throws(TensorError) -> Tensor {
    try ATen.one("ge", "Scalar", a, b)
  }

  /// Whether both are true, or other than 0; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func .& (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("logical_and", a, b)
  }

  /// Whether one of them is true, or other than 0; shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with both shapes where they do not broadcast.
  public static func .| (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("logical_or", a, b)
  }

  /// Elements of `chosen` where this tensor of bool is true, else those of `other`; the three shapes broadcast.
  ///
  /// - Throws: ``TensorError/operatorFailed(_:)`` with the three shapes where they do not broadcast.
  public func choosing(_ chosen: Tensor, otherwise other: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("where", "self", self, chosen, other)
  }

  /// Whether any element is true, or other than 0: a scalar of bool.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func any() throws(TensorError) -> Tensor { try ATen.one("any", self) }
}
