/// CRC-32C (Castagnoli), eight bytes at a time by tables: TensorBoard's and our own files' proof against damage.
package struct CRC32C: Sendable {
  /// The remainders of every byte, seen from 0 to 7 bytes further on.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<8 * 256 {
      let previous = tables[index - 256]
      tables[index] = previous >> 8 ^ tables[Int(previous & 255)]
    }
    return tables
  }()

  private var state: UInt32 = ~0

  package init() {}

  /// The checksum of what was fed so far.
  package var value: UInt32 { ~state }

  /// The checksum as TensorFlow's record files have it: turned, so that a sum within the data is none.
  package var masked: UInt32 { (value >> 15 | value << 17) &+ 0xA282_EAD8 }

  /// Feeds more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let whole = bytes.count / 8 * 8
    state = unsafe Self.tables.withUnsafeBufferPointer { table in
      var state = state
      var offset = 0
      while offset < whole {
        let word = unsafe UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        )
        let low = UInt32(truncatingIfNeeded: word) ^ state
        let high = UInt32(truncatingIfNeeded: word >> 32)
        state =
          unsafe table[7 * 256 + Int(low & 255)] ^ table[6 * 256 + Int(low >> 8 & 255)]
          ^ table[5 * 256 + Int(low >> 16 & 255)] ^ table[4 * 256 + Int(low >> 24)]
        state ^=
          unsafe table[3 * 256 + Int(high & 255)] ^ table[2 * 256 + Int(high >> 8 & 255)]
          ^ table[256 + Int(high >> 16 & 255)] ^ table[Int(high >> 24)]
        offset += 8
      }
      for offset in whole..<bytes.count {
        state = unsafe state >> 8 ^ table[Int((state ^ UInt32(bytes[offset])) & 255)]
      }
      return state
    }
  }

  /// Feeds more bytes.
  package mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }
}
