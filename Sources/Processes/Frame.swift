/// A message between two processes: what it is, and its bytes.
package struct Frame: Sendable, Hashable {
  package let kind: UInt8
  package let payload: [UInt8]

  package init(_ kind: UInt8, _ payload: [UInt8] = []) {
    self.kind = kind
    self.payload = payload
  }

  /// What a message may have at most.
  static let limit = 1 << 32
  /// A mark, the kind, and the number of bytes.
  static let headerSize = 16
  private static let mark: [UInt8] = Array("esp1".utf8)

  /// What goes before the bytes.
  var header: [UInt8] {
    var header = Self.mark + [kind, 0, 0, 0]
    let count = UInt64(payload.count)
    for byte in 0..<8 { header.append(UInt8(truncatingIfNeeded: count >> (8 * byte))) }
    return header
  }

  /// The kind and the number of bytes that follow; `nil` for what is no header.
  static func read(header: [UInt8]) -> (kind: UInt8, count: Int)? {
    guard header.count == headerSize, Array(header.prefix(4)) == mark,
      header[5...7].allSatisfy({ $0 == 0 })
    else { return nil }
    var count: UInt64 = 0
    for byte in 0..<8 { count |= UInt64(header[8 + byte]) << (8 * byte) }
    return count <= UInt64(limit) ? (header[4], Int(count)) : nil
  }
}
