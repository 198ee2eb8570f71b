internal import Graphs

extension Pickle {
  /// A text of protocol 0 in quotation marks.
  mutating func quoted() throws(WeightError) -> Value {
    let line = Array(try reader.line().utf8)
    guard line.count >= 2, let mark = line.first, mark == line.last, mark == 0x27 || mark == 0x22
    else { throw bad("text") }
    var bytes: [UInt8] = []
    var rest = line.dropFirst().dropLast()
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      let plain: [UInt8: UInt8] = [
        0x5C: 0x5C, 0x27: 0x27, 0x22: 0x22, 0x6E: 10, 0x72: 13, 0x74: 9, 0x61: 7, 0x62: 8, 0x66: 12,
        0x76: 11,
      ]
      guard let escaped = rest.popFirst() else { throw bad("text") }
      if let value = plain[escaped] {
        bytes.append(value)
      } else {
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        guard escaped == UInt8(ascii: "x"), digits.utf8.count == 2,
          let value = UInt8(digits, radix: 16)
        else { throw bad("text") }
        bytes.append(value)
        rest = rest.dropFirst(2)
      }
    }
    return .bytes(Bytes(bytes))
  }

  /// A line of protocol 0: characters below 256 as single bytes, others as `\uXXXX` or `\UXXXXXXXX`.
  mutating func escaped() throws(WeightError) -> String {
    var scalars = String.UnicodeScalarView()
    var rest = reader.copy(try reader.lineRange())[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let kind = rest.first, kind == 0x75 || kind == 0x55 else {
        scalars.append(Unicode.Scalar(byte))
        continue
      }
      rest = rest.dropFirst()
      let count = kind == 0x75 ? 4 : 8
      let digits = String(decoding: rest.prefix(count), as: UTF8.self)
      guard digits.utf8.count == count,
        let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
      else { throw bad("text") }
      scalars.append(scalar)
      rest = rest.dropFirst(count)
    }
    return String(scalars)
  }
}
