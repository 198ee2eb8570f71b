import Graphs

/// Protocol-buffer bytes in the making: what is small in one array, and large weights by reference between.
struct WireWriter {
  /// Everything but the weights that are kept by reference.
  private(set) var bytes: [UInt8] = []
  private var weights: [(position: Int, bytes: Bytes)] = []
  private var weightCount = 0

  /// Weights of fewer bytes are copied.
  private static var smallest: Int { 4096 }

  /// All bytes, the weights' among them.
  var count: Int { bytes.count + weightCount }

  /// A signed number, left out where it is the default and `keepZero` is false.
  mutating func int(_ field: Int, _ value: Int, keepZero: Bool = true) {
    guard keepZero || value != 0 else { return }
    tag(field, 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A four-byte float.
  mutating func float(_ field: Int, _ value: Float) {
    tag(field, 5)
    var pattern = value.bitPattern
    for _ in 0..<4 {
      bytes.append(UInt8(truncatingIfNeeded: pattern))
      pattern >>= 8
    }
  }

  /// A text.
  mutating func string(_ field: Int, _ value: String) {
    tag(field, 2)
    varint(UInt64(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  /// A text, left out where it is empty.
  mutating func optional(_ field: Int, _ value: String) {
    if !value.isEmpty { string(field, value) }
  }

  /// A run of bytes.
  mutating func data(_ field: Int, _ value: [UInt8]) {
    tag(field, 2)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// Fields that are encoded already.
  mutating func fields(_ encoded: [UInt8]) { bytes.append(contentsOf: encoded) }

  /// The values of a tensor, by reference where they are large.
  mutating func weights(_ field: Int, _ value: Bytes) {
    tag(field, 2)
    varint(UInt64(value.count))
    guard value.count >= Self.smallest else {
      return unsafe value.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }
    weights.append((bytes.count, value))
    weightCount += value.count
  }

  /// A message whose fields `body` writes.
  mutating func message(
    _ field: Int,
    _ body: (inout WireWriter) throws(ONNXError) -> Void
  ) throws(ONNXError) {
    tag(field, 2)
    // One byte for the length is there beforehand; a longer length moves the content along.
    let start = bytes.count
    bytes.append(0)
    let firstWeight = weights.count
    let before = count
    try body(&self)
    var length = UInt64(count - before)
    var prefix: [UInt8] = []
    while length >= 0x80 {
      prefix.append(UInt8(truncatingIfNeeded: length) | 0x80)
      length >>= 7
    }
    bytes[start] = UInt8(length)
    guard !prefix.isEmpty else { return }
    bytes.insert(contentsOf: prefix, at: start)
    for index in firstWeight..<weights.count { weights[index].position += prefix.count }
  }

  /// Calls `body` with every run of bytes in order.
  func forEachRun<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var position = 0
    for weight in weights {
      try unsafe run(position..<weight.position, body)
      try unsafe weight.bytes.withUnsafeBytes(body)
      position = weight.position
    }
    try unsafe run(position..<bytes.count, body)
  }

  /// Everything in one region.
  func joined() -> Bytes {
    unsafe Bytes(count: count) { target in
      var position = 0
      unsafe forEachRun { run throws(Never) in
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyMemory(from: run)
        position += run.count
      }
    }
  }

  private func run<Failure: Error>(
    _ range: Range<Int>,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    guard !range.isEmpty else { return }
    let result: Result<Void, Failure> = unsafe bytes.withUnsafeBytes { memory in
      do throws(Failure) {
        return .success(try unsafe body(UnsafeRawBufferPointer(rebasing: memory[range])))
      } catch { return .failure(error) }
    }
    try result.get()
  }

  private mutating func tag(_ field: Int, _ type: UInt64) { varint(UInt64(field) << 3 | type) }

  private mutating func varint(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }
}
