extension Constant {
  /// The elements as whole numbers; nil unless the type is an integer type or bool.
  public var integers: [Int]? {
    switch type {
    case .int64: bytes.elements(as: Int64.self).map(Int.init)
    case .int32: bytes.elements(as: Int32.self).map(Int.init)
    case .int16: bytes.elements(as: Int16.self).map(Int.init)
    case .int8: bytes.elements(as: Int8.self).map(Int.init)
    case .uint8, .bool: bytes.elements(as: UInt8.self).map(Int.init)
    case .uint16: bytes.elements(as: UInt16.self).map(Int.init)
    case .uint32: bytes.elements(as: UInt32.self).map(Int.init)
    case .uint64: bytes.elements(as: UInt64.self).map { Int(clamping: $0) }
    case .int4, .int2: unpacked?.elements(as: Int8.self).map(Int.init)
    case .uint4, .uint2: unpacked?.elements(as: UInt8.self).map(Int.init)
    default: nil
    }
  }

  /// The elements as Float; nil unless the type is a floating-point type.
  public var floats: [Float]? {
    switch type {
    case .float32: bytes.elements(as: Float.self)
    case .float64: bytes.elements(as: Double.self).map(Float.init)
    case .bfloat16: bytes.elements(as: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    case .float16: bytes.elements(as: UInt16.self).map(Self.float(half:))
    case .float8e8m0: bytes.elements(as: UInt8.self).map(SmallFloat.power)
    default:
      SmallFloat(type).flatMap { format in
        (type.bitCount < 8 ? unpacked : bytes)?.elements(as: UInt8.self).map(format.value)
      }
    }
  }

  /// The one element of a scalar or of a vector of length one, as a Double; nil for other shapes or types.
  public var scalar: Double? {
    guard count == 1 else { return nil }
    if type == .float64 { return bytes.elements(as: Double.self).first }
    if let value = integers?.first { return Double(value) }
    return floats?.first.map(Double.init)
  }

  /// The value of an IEEE 754 binary16 pattern (`Float16` is not available on every x86 toolchain).
  static func float(half pattern: UInt16) -> Float {
    let sign = UInt32(pattern & 0x8000) << 16
    let exponent = UInt32(pattern >> 10) & 0x1F
    let fraction = UInt32(pattern & 0x3FF)
    switch (exponent, fraction) {
    case (0, 0): return Float(bitPattern: sign)
    case (0, _):
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case (31, _): return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
