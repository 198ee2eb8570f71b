package import Graphs

/// NumPy's file format for one array, versions 1 to 3, little endian and in C order.
package enum NPY {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The array in `bytes`; the elements share their memory.
  ///
  /// - Throws: ``NPYError``.
  package static func decode(_ bytes: Bytes) throws(NPYError) -> Constant {
    let head = bytes[0..<min(bytes.count, 12)].elements(as: UInt8.self)
    guard head.starts(with: magic), head.count >= 10 else { throw .notNPY }
    let (length, start): (Int, Int)
    switch head[6] {
    case 1: (length, start) = (Int(head[8]) | Int(head[9]) << 8, 10)
    case 2, 3:
      guard head.count == 12 else { throw .cutOff(needed: 12, found: bytes.count) }
      (length, start) = (
        Int(head[8]) | Int(head[9]) << 8 | Int(head[10]) << 16 | Int(head[11]) << 24, 12
      )
    default: throw .version(Int(head[6]))
    }
    guard length <= 1 << 20 else { throw .header("its length is \(length)") }
    guard start + length <= bytes.count else {
      throw .cutOff(needed: start + length, found: bytes.count)
    }
    let text = bytes[start..<start + length].elements(as: UInt8.self)
    let header = try NPYHeader(String(decoding: text, as: UTF8.self))
    guard let needed = header.byteCount else { throw .header("the shape is too large") }
    let body = start + length
    guard bytes.count - body >= needed else {
      throw .cutOff(needed: body + needed, found: bytes.count)
    }
    return Constant(
      type: header.type,
      shape: header.shape,
      bytes: bytes[body..<body + needed]
    )
  }

  /// The file of an array; bfloat16, which NumPy lacks, is widened to float32.
  ///
  /// - Throws: ``NPYError/unwritable(_:)`` for strings and types of less than a byte.
  package static func encode(_ array: Constant) throws(NPYError) -> [UInt8] {
    var array = array
    if array.type == .bfloat16, let floats = array.floats {
      array = Constant(floats, shape: array.shape)
    }
    guard let code = NPYHeader.codes.first(where: { $0.type == array.type })?.code else {
      throw .unwritable(array.type)
    }
    let sizes = array.shape.map(String.init).joined(separator: ", ")
    let shape = array.shape.count == 1 ? "(\(sizes),)" : "(\(sizes))"
    var header = Array("{'descr': '\(code)', 'fortran_order': False, 'shape': \(shape), }".utf8)
    // The elements start at a multiple of 64, behind spaces and a line break.
    while (10 + header.count + 1) % 64 != 0 { header.append(UInt8(ascii: " ")) }
    header.append(UInt8(ascii: "\n"))
    let isLong = header.count > 0xFFFF
    guard !isLong else { throw .header("an array of \(array.shape.count) axes") }
    return magic + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header
      + array.bytes.elements(as: UInt8.self)
  }
}
