extension Constant {
  /// The elements of a type of 2 or 4 bits, one a byte; nil for wider types.
  ///
  /// Signed whole numbers have their sign extended. ONNX fills a byte from its low end
  /// (`TensorProto.raw_data`).
  public var unpacked: Bytes? {
    let bits = type.bitCount
    guard bits == 2 || bits == 4, bytes.count == type.byteCount(of: count) else { return nil }
    let isSigned = type == .int2 || type == .int4
    let sign = UInt8(isSigned ? 1 << (bits - 1) : 0)
    let each = 8 / bits
    return unsafe bytes.withUnsafeBytes { source in
      unsafe Bytes(count: count) { target in
        for index in target.indices {
          let shifted = unsafe source[index / each] >> UInt8(index % each * bits)
          let pattern = shifted & (1 << UInt8(bits) - 1)
          unsafe target[index] = (pattern ^ sign) &- sign
        }
      }
    }
  }

  /// A tensor of a type of 2 or 4 bits from elements that lie one a byte; bits above the type's are left out.
  public init(packing elements: UnsafeRawBufferPointer, type: ElementType, shape: [Int]) {
    let bits = type.bitCount
    precondition(bits == 2 || bits == 4, "only types of 2 and 4 bits are packed")
    let each = 8 / bits
    let bytes = unsafe Bytes(count: (elements.count + each - 1) / each) { target in
      for index in target.indices {
        var byte: UInt8 = 0
        for place in 0..<each where index * each + place < elements.count {
          let element = unsafe elements[index * each + place]
          byte |= (element & (1 << UInt8(bits) - 1)) << UInt8(place * bits)
        }
        unsafe target[index] = byte
      }
    }
    self.init(type: type, shape: shape, bytes: bytes)
  }
}
