package import Graphs
package import Tensors

extension DType {
  /// torch's type for an ONNX element type; nil for strings.
  package init?(_ type: ElementType) {
    switch type {
    case .float32: self = .float32
    case .float64: self = .float64
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .int8: self = .int8
    case .int16: self = .int16
    case .int32: self = .int32
    case .int64: self = .int64
    case .uint8: self = .uint8
    case .uint16: self = .uint16
    case .uint32: self = .uint32
    case .uint64: self = .uint64
    case .bool: self = .bool
    case .complex64: self = .complex64
    case .complex128: self = .complex128
    case .float8e4m3fn: self = .float8e4m3fn
    case .float8e4m3fnuz: self = .float8e4m3fnuz
    case .float8e5m2: self = .float8e5m2
    case .float8e5m2fnuz: self = .float8e5m2fnuz
    case .float8e8m0: self = .float8e8m0
    case .float4e2m1: self = .float4e2m1
    case .uint4: self = .uint4
    case .int4: self = .int4
    case .uint2: self = .uint2
    case .int2: self = .int2
    case .string: return nil
    }
  }
}

extension ElementType {
  /// The ONNX element type of torch's.
  package init(_ type: DType) {
    self =
      switch type {
      case .float32: .float32
      case .float64: .float64
      case .float16: .float16
      case .bfloat16: .bfloat16
      case .int8: .int8
      case .int16: .int16
      case .int32: .int32
      case .int64: .int64
      case .uint8: .uint8
      case .uint16: .uint16
      case .uint32: .uint32
      case .uint64: .uint64
      case .bool: .bool
      case .complex64: .complex64
      case .complex128: .complex128
      case .float8e4m3fn: .float8e4m3fn
      case .float8e4m3fnuz: .float8e4m3fnuz
      case .float8e5m2: .float8e5m2
      case .float8e5m2fnuz: .float8e5m2fnuz
      case .float8e8m0: .float8e8m0
      case .float4e2m1: .float4e2m1
      case .uint4: .uint4
      case .int4: .int4
      case .uint2: .uint2
      case .int2: .int2
      }
  }
}

extension Constant {
  /// The constant as a tensor on `device`.
  ///
  /// - Parameters:
  ///   - device: where the tensor lies.
  ///   - sharing: whether the tensor may lie over the constant's own memory, which must then never be
  ///     written to. Memory that is not aligned to 16 bytes is copied all the same, as are elements of 2 and 4 bits,
  ///     which lie one a byte in a tensor.
  /// - Returns: the tensor.
  /// - Throws: ``OperatorError/unsupported(_:)`` for strings, or ``TensorError``.
  package func tensor(on device: Device = .cpu, sharing: Bool = true) throws -> Tensor {
    guard let dtype = DType(type) else {
      throw OperatorError.unsupported("constants of type \(type) cannot be executed")
    }
    let tensor = try unsafe (unpacked ?? bytes).withUnsafeBytes { memory in
      if sharing, type.bitCount >= 8, count > 16, let owner = bytes.owner,
        UInt(bitPattern: memory.baseAddress) % 16 == 0
      {
        return unsafe try Tensor(
          borrowing: memory,
          shape: shape,
          dtype: dtype,
          owner: owner
        )
      }
      return unsafe try Tensor(bytes: memory, shape: shape, dtype: dtype)
    }
    return try tensor.moved(to: device)
  }
}

extension Constant {
  /// The most whole numbers that stay in main memory: sizes, axes and places, which kernels read there.
  private static let few = 64

  /// The constant as a graph on `device` is executed with it: there, but for a few whole numbers.
  package func tensor(beside device: Device, sharing: Bool = true) throws -> Tensor {
    let isRead = type == .int64 && count <= Self.few
    return try tensor(on: isRead ? .cpu : device, sharing: sharing)
  }
}

extension Tensor {
  /// The elements as a constant.
  package func constant() throws -> Constant {
    let type = ElementType(dtype)
    return try unsafe withUnsafeBytes { elements in
      unsafe type.bitCount < 8
        ? Constant(packing: elements, type: type, shape: shape)
        : Constant(type: type, shape: shape, bytes: Bytes(copying: elements))
    }
  }
}
