/// What a process printed: how much, and the end of it.
package struct OutputTail: Sendable, Hashable {
  /// Bytes in all.
  package private(set) var count = 0
  private var bytes: [UInt8] = []
  private static let kept = 64 << 10

  mutating func add(_ more: ArraySlice<UInt8>) {
    count += more.count
    bytes += more.suffix(Self.kept)
    if bytes.count > 2 * Self.kept { bytes.removeFirst(bytes.count - Self.kept) }
  }

  /// The last of it, as text.
  package var text: String { String(decoding: bytes.suffix(Self.kept), as: UTF8.self) }
}
