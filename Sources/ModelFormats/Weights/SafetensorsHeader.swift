/// A JSON value of a safetensors header: objects, lists, texts and whole numbers.
enum HeaderValue: Sendable, Hashable {
  case object([(key: String, value: HeaderValue)])
  case list([HeaderValue])
  case text(String)
  case int(Int)
  /// `true`, `false`, `null`, or a number with a fraction.
  case other(String)

  static func == (a: HeaderValue, b: HeaderValue) -> Bool { "\(a)" == "\(b)" }
  func hash(into hasher: inout Hasher) { hasher.combine("\(self)") }
}

/// Reads a safetensors header.
struct HeaderReader {
  /// Why the text is no JSON, and where.
  struct Failure: Error {
    let offset: Int
    let reason: String
  }

  private let bytes: [UInt8]
  private var position = 0
  private static let depthLimit = 16

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The whole text as one value; spaces may follow it.
  mutating func document() throws(Failure) -> HeaderValue {
    let result = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw failure("more follows behind the end") }
    return result
  }

  private func failure(_ reason: String) -> Failure { Failure(offset: position, reason: reason) }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) {
      position += 1
    }
  }

  private mutating func accept(_ character: Character) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(Failure) -> HeaderValue {
    guard depth < Self.depthLimit else { throw failure("lists lie too deep") }
    if accept("{") { return try object(depth: depth) }
    if accept("[") {
      var items: [HeaderValue] = []
      if accept("]") { return .list(items) }
      repeat { items.append(try value(depth: depth + 1)) } while accept(",")
      guard accept("]") else { throw failure("a list is not closed") }
      return .list(items)
    }
    if accept("\"") { return .text(try text()) }
    let start = position
    while position < bytes.count, !" \n\r\t,]}:".utf8.contains(bytes[position]) { position += 1 }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    guard !word.isEmpty else { throw failure("a value is missing") }
    if let number = Int(word) { return .int(number) }
    guard ["true", "false", "null"].contains(word) || Double(word) != nil else {
      throw failure("'\(word.prefix(20))' is no value")
    }
    return .other(word)
  }

  private mutating func object(depth: Int) throws(Failure) -> HeaderValue {
    var members: [(key: String, value: HeaderValue)] = []
    if accept("}") { return .object(members) }
    repeat {
      guard accept("\"") else { throw failure("a key is missing") }
      let key = try text()
      guard accept(":") else { throw failure("':' is missing") }
      members.append((key, try value(depth: depth + 1)))
    } while accept(",")
    guard accept("}") else { throw failure("an object is not closed") }
    return .object(members)
  }

  /// A text behind its opening quotation mark.
  private mutating func text() throws(Failure) -> String {
    var units: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else {
          throw failure("a text is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): try escape(into: &units)
      case 0..<0x20: throw failure("a text holds a control character")
      default: units.append(byte)
      }
    }
    throw failure("a text is not closed")
  }

  private mutating func escape(into units: inout [UInt8]) throws(Failure) {
    guard position < bytes.count else { throw failure("a text is not closed") }
    let byte = bytes[position]
    position += 1
    let plain: [UInt8: UInt8] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
    ]
    if let unit = plain[byte] { return units.append(unit) }
    guard byte == UInt8(ascii: "u") else { throw failure("an escape is unknown") }
    var code = try hexadecimal()
    if 0xD800..<0xDC00 ~= code, position + 1 < bytes.count, bytes[position] == 0x5C,
      bytes[position + 1] == 0x75
    {
      position += 2
      let low = try hexadecimal()
      guard 0xDC00..<0xE000 ~= low else { throw failure("half a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
    units.append(contentsOf: Array(String(Character(scalar)).utf8))
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    guard position + 4 <= bytes.count,
      let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw failure("an escape is not four hexadecimal digits") }
    position += 4
    return code
  }
}
