/// What a graph is forged by: one choice after the other, from the fuzzer's bytes; the first of each where they end.
struct Choices {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A number from 0 to below `count`.
  mutating func below(_ count: Int) -> Int {
    guard count > 1, place < bytes.count else { return 0 }
    var value = Int(bytes[place])
    place += 1
    if count > 256, place < bytes.count {
      value = value << 8 | Int(bytes[place])
      place += 1
    }
    return value % count
  }

  /// True in one of `count` cases, never where the bytes ended.
  mutating func oneIn(_ count: Int) -> Bool { below(count) == count - 1 }

  mutating func pick<Element>(_ values: [Element]) -> Element { values[below(values.count)] }
}
