import Graphs
import ModelFormats
import PluginKit

/// PaddleSlim's sensitivity files: a pickled dictionary of names, ratios and losses.
enum PaddleSlimPickle {
  /// What is wrong with the bytes.
  struct Fault: Error, CustomStringConvertible {
    let description: String

    init(_ text: String) { description = "not a pickle of ratios and losses: \(text)" }
  }

  // MARK: Reading

  /// The curves of a pickle.
  static func decode(_ bytes: Bytes, path: String) throws(Fault) -> [LossCurve] {
    let value: Pickle.Value
    do { value = try Pickle.read(bytes, path: path) } catch {
      guard case .damaged(_, let offset, let damage) = error else { throw Fault("\(error)") }
      if case .forbidden(let name) = damage {
        throw Fault("it wants '\(name)', which no sensitivity file needs; it may be malicious")
      }
      throw Fault("byte \(offset): \(damage)")
    }
    guard let table = value.pairs else { throw Fault("it holds no dictionary") }
    var curves: [LossCurve] = []
    var names: Set<String> = []
    for (key, value) in table {
      guard let name = key.text, let pairs = value.pairs else {
        throw Fault("wanted {name: {ratio: loss}}")
      }
      guard names.insert(name).inserted else { throw Fault("'\(name)' is there twice") }
      curves.append(LossCurve(group: name, points: try points(pairs, of: name)))
    }
    return curves
  }

  private static func points(
    _ pairs: [(key: Pickle.Value, value: Pickle.Value)],
    of name: String
  ) throws(Fault) -> [LossCurve.Point] {
    var points: [LossCurve.Point] = []
    var ratios: Set<Double> = []
    for (key, value) in pairs {
      guard let ratio = key.number, let loss = value.number else {
        throw Fault("'\(name)' has a ratio or loss that is no number")
      }
      guard ratios.insert(ratio).inserted else {
        throw Fault("'\(name)' has the ratio \(ratio) twice")
      }
      // numpy's arange writes 0.30000000000000004.
      points.append(.init(ratio: (ratio * 1e9).rounded() / 1e9, loss: loss))
    }
    return points
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
