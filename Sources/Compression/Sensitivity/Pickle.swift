/// The part of Python's pickle format that PaddleSlim's sensitivity files use: dictionaries, texts and numbers.
///
/// Nothing is ever called or built but these, and numpy's scalars (PEP 307, PEP 3154; `pickletools` names the codes).
enum Pickle {
  /// What a pickle may hold here.
  indirect enum Value: Hashable {
    case none
    case number(Double)
    case text(String)
    case bytes([UInt8])
    case tuple([Value])
    case dictionary([Pair])
    case global(String)
    case type(String)
  }

  struct Pair: Hashable {
    var key: Value
    var value: Value
  }

  /// What is wrong with the bytes.
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  // MARK: Writing

  /// The dictionary of dictionaries that PaddleSlim reads: name, ratio, loss.
  ///
  /// - Parameters:
  ///   - table: the curves.
  ///   - version: 0, which Python 2 wrote, or 2.
  /// - Returns: the pickle's bytes.
  static func encode(
    _ table: [(name: String, points: [(ratio: Double, loss: Double)])],
    version: Int
  ) -> [UInt8] {
    version == 0 ? encodeText(table) : encodeBinary(table)
  }

  private static func encodeText(
    _ table: [(name: String, points: [(ratio: Double, loss: Double)])]
  ) -> [UInt8] {
    var text = "(d"
    for (name, points) in table {
      text += "V\(escaped(name))\n(d"
      for (ratio, loss) in points { text += "F\(ratio)\nF\(loss)\ns" }
      text += "s"
    }
    return Array((text + ".").utf8)
  }

  private static func encodeBinary(
    _ table: [(name: String, points: [(ratio: Double, loss: Double)])]
  ) -> [UInt8] {
    func number(_ value: Double) -> [UInt8] {
      [UInt8(ascii: "G")]
        + (0..<8).reversed().map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
    }
    var bytes: [UInt8] = [0x80, 2, UInt8(ascii: "}")]
    for (name, points) in table {
      let text = Array(name.utf8)
      bytes.append(UInt8(ascii: "X"))
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
      bytes.append(UInt8(ascii: "}"))
      for (ratio, loss) in points {
        bytes += number(ratio) + number(loss) + [UInt8(ascii: "s")]
      }
      bytes.append(UInt8(ascii: "s"))
    }
    return bytes + [UInt8(ascii: ".")]
  }

  /// Raw-unicode-escape, as protocol 0 has texts.
  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      if scalar.value < 0x7F, scalar != "\\", scalar.value >= 0x20 {
        result.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        let width = scalar.value > 0xFFFF ? 8 : 4
        result += width == 8 ? "\\U" : "\\u"
        result += String(repeating: "0", count: width - digits.count) + digits
      }
    }
  }
}
