package import Files
import Glibc

/// Figures over steps in the form that TensorBoard reads: records of protobuf, each with two checksums.
///
/// Every record is whole before the next begins; a file that ends in the middle of one is read up to there.
package final class EventFile {
  private let path: String
  private let descriptor: Int32

  /// Begins a file of its own in a folder; figures of earlier files from this step on no longer count.
  ///
  /// - Parameters:
  ///   - folder: is made where it is not there.
  ///   - step: the first step that will be written.
  /// - Throws: `FileError`.
  package init(in folder: String, from step: Int) throws(FileError) {
    try Folder.make(folder)
    let (seconds, nanoseconds) = Self.now
    path = "\(folder)/events.out.tfevents.\(seconds).\(nanoseconds).\(getpid())"
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(.write, path, code: errno) }
    var version = ProtobufText()
    version.append(text: "brain.Event:2", field: 3)
    try write(version, step: 0)
    var start = ProtobufText()
    start.append(bytes: [0x08, 0x01], field: 7)  // SessionLog.status = START
    try write(start, step: step)
  }

  deinit { close(descriptor) }

  /// Writes figures of a step.
  ///
  /// - Throws: `FileError`.
  package func write(
    _ figures: [(name: String, value: Double)],
    step: Int
  ) throws(FileError) {
    var summary = ProtobufText()
    for (name, value) in figures {
      var figure = ProtobufText()
      figure.append(text: name, field: 1)
      figure.append(fixed32: Float(value).bitPattern, field: 2)
      summary.append(bytes: figure.bytes, field: 1)
    }
    var event = ProtobufText()
    event.append(bytes: summary.bytes, field: 5)
    try write(event, step: step)
  }

  private func write(_ content: ProtobufText, step: Int) throws(FileError) {
    let (seconds, nanoseconds) = Self.now
    var event = ProtobufText()
    event.append(fixed64: (Double(seconds) + Double(nanoseconds) / 1e9).bitPattern, field: 1)
    event.append(varint: UInt64(step), field: 2)
    event.bytes += content.bytes
    let record = Self.record(event.bytes)
    let count = unsafe record.withUnsafeBytes { bytes in
      unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
    guard count == record.count else { throw FileError(.write, path, code: errno) }
  }

  /// Length, its checksum, the bytes, their checksum: TensorFlow's TFRecord.
  static func record(_ bytes: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(bytes.count))
    return length + littleEndian(checksum(length)) + bytes + littleEndian(checksum(bytes))
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = CRC32C()
    sum.update(bytes)
    return sum.masked
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static var now: (Int, Int) {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return (time.tv_sec, time.tv_nsec)
  }
}

@available(*, unavailable) extension EventFile: Sendable {}

/// A protobuf message while it is written.
struct ProtobufText {
  var bytes: [UInt8] = []

  mutating func append(varint value: UInt64, field: UInt64) {
    append(field << 3)
    append(value)
  }

  mutating func append(fixed64 value: UInt64, field: UInt64) {
    append(field << 3 | 1)
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  mutating func append(fixed32 value: UInt32, field: UInt64) {
    append(field << 3 | 5)
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }

  mutating func append(bytes content: [UInt8], field: UInt64) {
    append(field << 3 | 2)
    append(UInt64(content.count))
    bytes += content
  }

  mutating func append(text: String, field: UInt64) {
    append(bytes: Array(text.utf8), field: field)
  }

  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
