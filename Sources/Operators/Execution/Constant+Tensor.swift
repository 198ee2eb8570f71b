package import Graphs
package import Tensors

extension DType {
  /// torch's type for an ONNX element type; nil where torch has none that executes.
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
    default: return nil
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
      }
  }
}

extension Constant {
  /// The constant as a tensor on `device`.
  ///
  /// - Parameters:
  ///   - device: where the tensor lies.
  ///   - sharing: whether the tensor may lie over the constant's own memory, which must then never be
  ///     written to. Memory that is not aligned to 16 bytes is copied all the same.
  /// - Returns: the tensor.
  /// - Throws: ``OperatorError/unsupported(_:)`` for types that torch does not execute, or ``TensorError``.
  package func tensor(on device: Device = .cpu, sharing: Bool = true) throws -> Tensor {
    guard let dtype = DType(type) else {
      throw OperatorError.unsupported("constants of type \(type) cannot be executed")
    }
    let tensor = try unsafe bytes.withUnsafeBytes { memory in
      if sharing, count > 16, let owner = bytes.owner,
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

extension Tensor {
  /// The tensor on `device`: itself where it is there already.
  package func moved(to device: Device) throws -> Tensor {
    guard self.device != device else { return self }
    return try ATen.one("to", "device", self, device, dtype)
  }

  /// The elements as a constant.
  package func constant() throws -> Constant {
    let bytes = try unsafe withUnsafeBytes { unsafe Bytes(copying: $0) }
    return Constant(type: ElementType(dtype), shape: shape, bytes: bytes)
  }
}
