/// A key that signatures are checked by: 32 bytes of ed25519.
package struct PublicKey: Sendable, Hashable {
  package let bytes: [UInt8]

  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// The public half of a key that was made from a seed, which has 32 bytes.
  init(drawn bytes: [UInt8]) { self.bytes = bytes }

  /// Reads 64 hexadecimal digits.
  package init?(hexadecimal text: some StringProtocol) {
    guard let bytes = [UInt8](hexadecimal: text) else { return nil }
    self.init(bytes)
  }

  /// The key as 64 digits.
  package var hexadecimal: String { bytes.hexadecimal }
  /// How messages name it: its first 16 digits.
  package var id: String { String(hexadecimal.prefix(16)) }
}

extension [UInt8] {
  /// Two lower-case digits a byte.
  package var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self
    )
  }

  /// Reads two digits a byte, of either case.
  package init?(hexadecimal text: some StringProtocol) {
    let digits = text.utf8.map { UInt8(String(UnicodeScalar($0)), radix: 16) }
    guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
    let values = digits.compactMap(\.self)
    self = stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }
}
