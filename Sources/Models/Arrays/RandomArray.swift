package import Graphs

/// Inputs drawn from a counter: the same seed, name and shape give the same numbers everywhere.
package enum RandomArray {
  /// An array of numbers from 0 (half precision: 0.5) to below 1 for floating point, 0 to 255 for bytes, 0 or 1 otherwise.
  ///
  /// - Returns: nil for types whose elements cannot be drawn, such as strings.
  package static func draw(
    _ type: ElementType,
    shape: [Int],
    seed: UInt64,
    name: String
  ) -> Constant? {
    var stream = seed
    for byte in name.utf8 { stream = mix(stream ^ UInt64(byte)) }
    func number(_ index: Int) -> UInt64 { mix(stream &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15) }
    let count = shape.reduce(1, *)
    let indices = 0..<count
    let bytes: Bytes
    switch type {
    case .float32: bytes = Bytes(indices.map { Float(number($0) >> 40) * 0x1p-24 })
    case .float64: bytes = Bytes(indices.map { Double(number($0) >> 11) * 0x1p-53 })
    case .bfloat16:
      bytes = Bytes(
        indices.map { UInt16((Float(number($0) >> 56) * 0x1p-8).bitPattern >> 16) }
      )
    case .float16:
      // Patterns of numbers from 0.5 to below 1, whose fractions are the low ten bits.
      bytes = Bytes(indices.map { UInt16(0x3800) | UInt16(number($0) >> 54) })
    case .uint8: bytes = Bytes(indices.map { UInt8(number($0) >> 56) })
    case .int8: bytes = Bytes(indices.map { Int8(number($0) >> 57) })
    case .bool: bytes = Bytes(indices.map { UInt8(number($0) >> 63) })
    case .int32, .uint32: bytes = Bytes(indices.map { UInt32(number($0) >> 63) })
    case .int64, .uint64: bytes = Bytes(indices.map { number($0) >> 63 })
    case .int16, .uint16: bytes = Bytes(indices.map { UInt16(number($0) >> 63) })
    default: return nil
    }
    return Constant(type: type, shape: shape, bytes: bytes)
  }

  /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
