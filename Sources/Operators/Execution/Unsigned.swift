import Tensors

/// Whole numbers of 16 to 64 bits without sign, which torch stores but hardly computes with, and types of 8 bits
/// and fewer that it only stores.
enum Unsigned {
  /// Computes in a wider signed type, and brings the result back to the type of the first tensor.
  ///
  /// 64-bit numbers are taken as signed ones of 64 bits: sums, products and bit patterns come out right,
  /// relations and quotients below 2^63.
  static func widened(
    _ tensors: [Tensor],
    restoring: Bool = true,
    _ compute: ([Tensor]) throws -> Tensor
  ) throws -> Tensor {
    guard let type = tensors.first?.dtype, let wide = wider(type) else {
      return try compute(tensors)
    }
    let result = try compute(tensors.map { try $0.cast(to: wide) })
    return restoring ? try result.cast(to: type) : result
  }

  /// Moves elements about in the signed type of the same width, without a copy.
  static func reinterpreted(
    _ tensors: [Tensor],
    _ move: ([Tensor]) throws -> Tensor
  ) throws -> Tensor {
    guard let type = tensors.first?.dtype, let signed = signed(type) else {
      return try move(tensors)
    }
    return try move(tensors.map { try $0.viewed(as: signed) }).viewed(as: type)
  }

  private static func wider(_ type: DType) -> DType? {
    switch type {
    case .uint16: .int32
    case .uint32, .uint64: .int64
    default: nil
    }
  }

  private static func signed(_ type: DType) -> DType? {
    switch type {
    case .uint16: .int16
    case .uint32: .int32
    case .uint64: .int64
    default: type.isStorageOnly ? .int8 : nil
    }
  }
}

extension Tensor {
  /// The elements in another type: this tensor where it has the type already.
  func cast(to type: DType, _ rules: Narrowing = Narrowing()) throws -> Tensor {
    if dtype == type { return self }
    if type.isStorageOnly { return try narrowed(to: type, rules) }
    return try widened().converted(to: type)
  }
}
