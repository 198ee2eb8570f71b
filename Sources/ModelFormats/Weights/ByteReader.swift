/// Numbers and runs of bytes read one after another where they lie in memory, each checked against the end.
///
/// A reader must not outlive the call that lends the memory.
@safe struct ByteReader {
  private let memory: UnsafeRawBufferPointer
  let path: String
  /// Where the next byte is read.
  private(set) var position = 0

  init(_ memory: UnsafeRawBufferPointer, path: String) {
    unsafe self.memory = unsafe memory
    self.path = path
  }

  /// Bytes up to the end.
  var left: Int { unsafe memory.count - position }

  /// An error at a place.
  func damage(at offset: Int, _ damage: WeightError.Damage) -> WeightError {
    .damaged(path: path, offset: offset, damage)
  }

  /// Passes over a run of bytes and returns where it lies.
  mutating func take(_ count: Int) throws(WeightError) -> Range<Int> {
    guard count >= 0, count <= left else {
      throw damage(at: position, .truncated(needed: max(0, count), left: left))
    }
    position += count
    return position - count..<position
  }

  /// Passes over a run whose length was read as an unsigned number.
  mutating func take(_ count: UInt64) throws(WeightError) -> Range<Int> {
    try take(Int(clamping: count))
  }

  /// A little-endian number.
  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(WeightError) -> Number {
    let range = try take(MemoryLayout<Number>.size)
    return unsafe Number(
      littleEndian: memory.loadUnaligned(fromByteOffset: range.lowerBound, as: type)
    )
  }

  /// Where the bytes up to a line end lie, which is passed over.
  mutating func lineRange() throws(WeightError) -> Range<Int> {
    let start = position
    while try number(UInt8.self) != UInt8(ascii: "\n") {}
    return start..<position - 1
  }

  /// The text up to a line end, which is passed over.
  mutating func line() throws(WeightError) -> String { try text(try lineRange()) }

  /// The UTF-8 text at a place.
  func text(_ range: Range<Int>) throws(WeightError) -> String {
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: memory[range])
    guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
      throw damage(at: range.lowerBound, .unexpected("the text is not UTF-8"))
    }
    return text
  }

  /// The bytes at a place, copied.
  func copy(_ range: Range<Int>) -> [UInt8] { unsafe Array(memory[range]) }
}
