package import Tensors

extension Tensor {
  /// The last axes with `before` and `after` put on, negative numbers cutting off.
  package func padded(before: [Int], after: [Int], value: Double) throws -> Tensor {
    // ATen wants pairs from the last axis back.
    let pairs = before.indices.reversed().flatMap { [before[$0], after[$0]] }
    return try ATen.one("constant_pad_nd", self, pairs, value)
  }

  /// The tensor in row-major order where torch only stores its type, since it could not be put in order later.
  func settled() throws -> Tensor {
    guard dtype.isStorageOnly, !isContiguous else { return self }
    return try Unsigned.reinterpreted([self]) { try $0[0].contiguous() }
  }

  /// As Double, less a zero point: one for all, or one for each index of `axis`.
  package func centred(on zeroPoint: Tensor?, axis: Int?) throws -> Tensor {
    let values = try converted(to: .float64)
    guard var zero = try zeroPoint?.converted(to: .float64) else { return values }
    if zero.count > 1, let axis {
      var shape = [Int](repeating: 1, count: rank)
      shape[axis < 0 ? axis + rank : axis] = zero.count
      zero = try zero.reshaped(shape)
    }
    return try values - zero
  }

  /// Rounded half to even, as a whole-number type.
  package func rounded(to dtype: DType) throws -> Tensor {
    try rounded().converted(to: dtype)
  }

  /// Rounded half to even, shifted by a zero point, and saturated to the zero point's type.
  package func quantized(zeroPoint: Tensor) throws -> Tensor {
    let dtype = zeroPoint.dtype
    let bounds: (Int, Int) =
      switch dtype {
      case .int8: (-128, 127)
      case .int16: (-32768, 32767)
      case .uint16: (0, 65535)
      default: (0, 255)
      }
    let shifted = try rounded() + zeroPoint.converted(to: self.dtype)
    return try shifted.clamped(min: bounds.0, max: bounds.1).converted(to: dtype)
  }
}
