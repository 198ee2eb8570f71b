/// The file name that a value of a graph gets.
package enum ArrayFileName {
  /// The value's name with `.npy` behind it.
  ///
  /// What a file name cannot hold, or a shell would trip over, is written as `%` and two hexadecimal digits, as in
  /// a URL: `/`, `%`, `\`, control characters and a leading dot. No two names give the same file name.
  package static func of(_ value: String) -> String {
    var name: [UInt8] = []
    for (index, byte) in value.utf8.enumerated() {
      let isFirstDot = byte == UInt8(ascii: ".") && index == 0
      if byte < 0x20 || byte == 0x7F || "/%\\".utf8.contains(byte) || isFirstDot {
        let digits = String(byte, radix: 16, uppercase: true)
        name += Array("%\(digits.count < 2 ? "0" : "")\(digits)".utf8)
      } else {
        name.append(byte)
      }
    }
    return String(decoding: name, as: UTF8.self) + ".npy"
  }
}
