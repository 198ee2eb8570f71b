package import Graphs

/// Sums of absolute values along one axis of a weight, in Double whatever the weight's type.
package enum FilterNorms {
  /// The L1 norm of each slice along `axis`; nil where the type has no absolute values to sum.
  ///
  /// - Complexity: O(elements), each read once where it lies.
  package static func l1(_ weight: Constant, axis: Int) -> [Double]? {
    guard weight.shape.indices.contains(axis), weight.bytes.count >= weight.count else {
      return nil
    }
    switch weight.type {
    case .float32: return sums(weight, axis, Float32Sum.self)
    case .float64: return sums(weight, axis, Float64Sum.self)
    case .bfloat16: return sums(weight, axis, BFloat16Sum.self)
    case .float16: return sums(weight, axis, Float16Sum.self)
    case .int8: return sums(weight, axis, Int8Sum.self)
    default: return nil
    }
  }

  private static func sums<Kind: AbsoluteSum>(
    _ weight: Constant,
    _ axis: Int,
    _: Kind.Type
  ) -> [Double] {
    let size = weight.shape[axis]
    let inner = weight.shape[(axis + 1)...].reduce(1, *)
    let outer = weight.shape[..<axis].reduce(1, *)
    var totals = [Double](repeating: 0, count: size)
    unsafe weight.bytes.withUnsafeBytes { bytes in
      guard bytes.count == outer * size * inner * Kind.width else { return }
      var offset = 0
      for _ in 0..<outer {
        for index in 0..<size {
          totals[index] += unsafe Kind.sum(
            UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + inner * Kind.width])
          )
          offset += inner * Kind.width
        }
      }
    }
    return totals
  }
}

/// Reads the absolute values of packed elements, which need not be aligned.
private protocol AbsoluteSum {
  /// Bytes of one element.
  static var width: Int { get }
  /// The sum of the elements' absolute values.
  static func sum(_ bytes: UnsafeRawBufferPointer) -> Double
}

private enum Float32Sum: AbsoluteSum {
  static let width = 4

  static func sum(_ bytes: UnsafeRawBufferPointer) -> Double {
    // Two chains of four doubles each, so that an addition need not wait for the one before.
    var (first, second) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    var offset = 0
    let mask = SIMD4<UInt32>(repeating: 0x7FFF_FFFF)
    while offset + 32 <= bytes.count {
      let a = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt32>.self) & mask
      let b = unsafe bytes.loadUnaligned(fromByteOffset: offset + 16, as: SIMD4<UInt32>.self) & mask
      first += SIMD4<Double>(unsafe unsafeBitCast(a, to: SIMD4<Float>.self))
      second += SIMD4<Double>(unsafe unsafeBitCast(b, to: SIMD4<Float>.self))
      offset += 32
    }
    var total = (first + second).sum()
    while offset < bytes.count {
      total += Double(abs(unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Float.self)))
      offset += 4
    }
    return total
  }
}

private enum Float64Sum: AbsoluteSum {
  static let width = 8
  static func sum(_ bytes: UnsafeRawBufferPointer) -> Double {
    var total = 0.0
    for offset in stride(from: 0, to: bytes.count, by: 8) {
      total += abs(unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Double.self))
    }
    return total
  }
}

private enum BFloat16Sum: AbsoluteSum {
  static let width = 2
  static func sum(_ bytes: UnsafeRawBufferPointer) -> Double {
    var total = 0.0
    for offset in stride(from: 0, to: bytes.count, by: 2) {
      let bits = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self) & 0x7FFF
      total += Double(Float(bitPattern: UInt32(bits) << 16))
    }
    return total
  }
}

private enum Float16Sum: AbsoluteSum {
  static let width = 2
  static func sum(_ bytes: UnsafeRawBufferPointer) -> Double {
    var total = 0.0
    for offset in stride(from: 0, to: bytes.count, by: 2) {
      let bits = UInt32(
        unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self) & 0x7FFF
      )
      // Scaling a float whose exponent holds the half's by 2^112 is exact, subnormals included.
      total += Double(Float(bitPattern: bits << 13) * 0x1p112)
    }
    return total
  }
}

private enum Int8Sum: AbsoluteSum {
  static let width = 1
  static func sum(_ bytes: UnsafeRawBufferPointer) -> Double {
    var total = 0
    for offset in 0..<bytes.count {
      let byte = unsafe bytes.load(fromByteOffset: offset, as: Int8.self)
      total += Int(byte.magnitude)
    }
    return Double(total)
  }
}
