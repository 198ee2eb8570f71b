/// The fields of one protocol-buffer message, read one after another where they lie in memory.
///
/// Every read is checked against the end of the message; positions count from the start of the whole input.
/// A reader must not outlive the call that lends the memory.
@safe struct WireReader {
  private let memory: UnsafePointer<UInt8>
  private let end: Int
  /// The message's name, for errors.
  let message: StaticString
  /// Where the next byte is read.
  private(set) var position: Int

  /// The encoding of a field's value.
  enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case groupStart = 3
    case groupEnd = 4
    case fixed32 = 5
  }

  /// A field whose value comes next.
  struct Field {
    let number: Int
    let type: WireType
    /// Where its tag lies.
    let start: Int
  }

  /// A reader of `memory`, all of which is one message.
  init?(_ memory: UnsafeRawBufferPointer, message: StaticString) {
    guard let start = memory.baseAddress else { return nil }
    unsafe self.memory = unsafe start.assumingMemoryBound(to: UInt8.self)
    end = memory.count
    position = 0
    self.message = message
  }

  private init(part range: Range<Int>, of whole: WireReader, message: StaticString) {
    unsafe memory = unsafe whole.memory
    position = range.lowerBound
    end = range.upperBound
    self.message = message
  }

  /// The next field, or nil at the end of the message.
  mutating func next() throws(ONNXError) -> Field? {
    guard position < end else { return nil }
    let start = position
    let tag = try varint()
    guard tag >> 3 > 0, tag <= UInt32.max, let type = WireType(rawValue: UInt8(tag & 7)),
      type != .groupEnd
    else { throw damage(at: start, .badTag(tag)) }
    return Field(number: Int(tag >> 3), type: type, start: start)
  }

  /// An error at a place of the input.
  func damage(at offset: Int, _ damage: ONNXError.Damage) -> ONNXError {
    .damaged(path: nil, offset: offset, damage)
  }

  /// An unsigned number of 7 bits a byte.
  mutating func varint() throws(ONNXError) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    for index in 0..<10 {
      guard position < end else { throw truncated(1, at: start) }
      let byte = unsafe memory[position]
      position += 1
      value |= UInt64(byte & 0x7F) << (7 * UInt64(index))
      if byte < 0x80 { return value }
    }
    throw damage(at: start, .endlessVarint)
  }

  /// Four bytes, little endian.
  mutating func fixed32() throws(ONNXError) -> UInt32 {
    let start = try advance(by: 4)
    return unsafe UnsafeRawPointer(memory + start).loadUnaligned(as: UInt32.self)
  }

  /// Eight bytes, little endian.
  mutating func fixed64() throws(ONNXError) -> UInt64 {
    let start = try advance(by: 8)
    return unsafe UnsafeRawPointer(memory + start).loadUnaligned(as: UInt64.self)
  }

  /// Where the bytes of a length-delimited value lie.
  mutating func range(_ field: Field) throws(ONNXError) -> Range<Int> {
    try expect(.bytes, field)
    let start = position
    let length = try varint()
    guard length <= UInt64(end - position) else { throw truncated(length, at: start) }
    let first = position
    position += Int(length)
    return first..<position
  }

  /// The bytes at `range`, copied.
  func copy(_ range: Range<Int>) -> [UInt8] {
    unsafe [UInt8](UnsafeBufferPointer(start: memory + range.lowerBound, count: range.count))
  }

  /// The text of a field.
  mutating func string(_ field: Field) throws(ONNXError) -> String {
    let range = try range(field)
    let bytes = unsafe UnsafeBufferPointer(start: memory + range.lowerBound, count: range.count)
    // Names are mostly ASCII, which the slower check of other text can be spared.
    if unsafe bytes.allSatisfy({ $0 < 0x80 }) {
      return unsafe String(decoding: bytes, as: UTF8.self)
    }
    guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
      let name = "\(message)"
      throw damage(at: range.lowerBound, .invalidUTF8(message: name, field: field.number))
    }
    return text
  }

  /// A signed number.
  mutating func int(_ field: Field) throws(ONNXError) -> Int {
    try expect(.varint, field)
    return Int(truncatingIfNeeded: try varint())
  }

  /// A four-byte float.
  mutating func float(_ field: Field) throws(ONNXError) -> Float {
    try expect(.fixed32, field)
    return Float(bitPattern: try fixed32())
  }

  /// A message inside this one.
  mutating func inner(_ field: Field, _ message: StaticString) throws(ONNXError) -> WireReader {
    WireReader(part: try range(field), of: self, message: message)
  }

  /// Adds the numbers of a repeated field, packed or one by one.
  mutating func append(_ field: Field, to list: inout [Int]) throws(ONNXError) {
    guard field.type == .bytes else { return list.append(try int(field)) }
    var packed = try inner(field, message)
    while packed.position < packed.end {
      list.append(Int(truncatingIfNeeded: try packed.varint()))
    }
  }

  /// Adds the floats of a repeated field, packed or one by one.
  mutating func append(_ field: Field, to list: inout [Float]) throws(ONNXError) {
    guard field.type == .bytes else { return list.append(try float(field)) }
    var packed = try fixedList(field, width: 4)
    while packed.position < packed.end {
      list.append(Float(bitPattern: try packed.fixed32()))
    }
  }

  /// The packed values of a field of `width` bytes each.
  mutating func fixedList(_ field: Field, width: Int) throws(ONNXError) -> WireReader {
    let packed = try inner(field, message)
    guard packed.left % width == 0 else {
      let name = "\(message)"
      throw damage(
        at: field.start,
        .unevenList(message: name, field: field.number, length: packed.left)
      )
    }
    return packed
  }

  /// Bytes up to the end of the message.
  var left: Int { end - position }

  /// What is left of the message, where it lies.
  var rest: Range<Int> { position..<end }

  /// Passes over a field's value.
  mutating func skip(_ field: Field) throws(ONNXError) {
    switch field.type {
    case .varint: _ = try varint()
    case .fixed64: _ = try advance(by: 8)
    case .fixed32: _ = try advance(by: 4)
    case .bytes: _ = try range(field)
    case .groupStart: try skipGroup(field)
    case .groupEnd: throw damage(at: field.start, .badTag(UInt64(field.number << 3 | 4)))
    }
  }

  /// Passes over a field and adds it, tag and all, to `kept`.
  mutating func keep(_ field: Field, in kept: inout [UInt8]) throws(ONNXError) {
    try skip(field)
    let bytes = unsafe UnsafeBufferPointer(
      start: memory + field.start,
      count: position - field.start
    )
    unsafe kept.append(contentsOf: bytes)
  }

  /// Throws unless the field has the encoding that is its own.
  func expect(_ type: WireType, _ field: Field) throws(ONNXError) {
    guard field.type == type else {
      let name = "\(message)"
      throw damage(
        at: field.start,
        .wrongWireType(message: name, field: field.number, found: Int(field.type.rawValue))
      )
    }
  }

  private mutating func skipGroup(_ group: Field) throws(ONNXError) {
    var open = [group.number]
    while let number = open.last {
      let start = position
      let tag = try varint()
      guard tag <= UInt32.max, tag >> 3 > 0, let type = WireType(rawValue: UInt8(tag & 7)) else {
        throw damage(at: start, .badTag(tag))
      }
      switch type {
      case .groupStart:
        guard open.count < ONNX.depthLimit else {
          throw damage(at: start, .tooDeep(limit: ONNX.depthLimit))
        }
        open.append(Int(tag >> 3))
      case .groupEnd:
        guard Int(tag >> 3) == number else { throw damage(at: start, .badTag(tag)) }
        open.removeLast()
      default: try skip(Field(number: Int(tag >> 3), type: type, start: start))
      }
    }
  }

  private mutating func advance(by count: Int) throws(ONNXError) -> Int {
    guard count <= end - position else { throw truncated(UInt64(count), at: position) }
    let start = position
    position += count
    return start
  }

  private func truncated(_ needed: UInt64, at offset: Int) -> ONNXError {
    damage(at: offset, .truncated(message: "\(message)", needed: needed, left: end - position))
  }
}
