/// Bounds-checked little-endian reads.
struct ByteReader {
  let bytes: [UInt8]

  func u8(_ offset: Int) throws(ELFImage.Fault) -> UInt8 {
    guard offset >= 0, offset < bytes.count else { throw .malformed("it is truncated") }
    return bytes[offset]
  }

  func u16(_ offset: Int) throws(ELFImage.Fault) -> UInt16 {
    UInt16(try u8(offset)) | UInt16(try u8(offset + 1)) << 8
  }

  func u32(_ offset: Int) throws(ELFImage.Fault) -> UInt32 {
    UInt32(try u16(offset)) | UInt32(try u16(offset + 2)) << 16
  }

  /// A 64-bit word that must fit an offset.
  func word(_ offset: Int) throws(ELFImage.Fault) -> Int {
    let value = UInt64(try u32(offset)) | UInt64(try u32(offset + 4)) << 32
    guard value < 1 << 48 else { throw .malformed("an offset is out of all bounds") }
    return Int(value)
  }

  func raw(_ offset: Int) throws(ELFImage.Fault) -> UInt64 {
    UInt64(try u32(offset)) | UInt64(try u32(offset + 4)) << 32
  }

  func sum(_ a: Int, _ b: Int) throws(ELFImage.Fault) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow, sum >= 0, sum < bytes.count else { throw .malformed("it is truncated") }
    return sum
  }

  func text(_ offset: Int) throws(ELFImage.Fault) -> String {
    guard offset < bytes.count,
      let end = bytes[offset..<min(bytes.count, offset + 8192)].firstIndex(of: 0)
    else { throw .malformed("a name does not end") }
    return String(decoding: bytes[offset..<end], as: UTF8.self)
  }
}
