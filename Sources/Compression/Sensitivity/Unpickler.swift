/// Reads the pickles that ``Pickle`` describes; anything else ends with the code and its place.
struct Unpickler {
  private let bytes: [UInt8]
  private var place = 0
  private var stack: [Pickle.Value] = []
  private var marks: [Int] = []
  private var memo: [Int: Pickle.Value] = [:]

  /// The value of a pickle of protocol 0 to 5.
  static func read(_ bytes: [UInt8]) throws(Pickle.Fault) -> Pickle.Value {
    var reader = Unpickler(bytes: bytes)
    return try reader.run()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func run() throws(Pickle.Fault) -> Pickle.Value {
    while true {
      let code = try byte()
      if code == UInt8(ascii: ".") { return try pop() }
      if try simple(code) { continue }
      if try container(code) { continue }
      if try memory(code) { continue }
      guard try object(code) else {
        throw fault(
          "code \(code) at byte \(place - 1), which builds what no sensitivity file holds"
        )
      }
    }
  }

  // MARK: Texts and numbers

  private mutating func simple(_ code: UInt8) throws(Pickle.Fault) -> Bool {
    switch UnicodeScalar(code) {
    case "N": stack.append(.none)
    case "\u{80}": _ = try byte()
    case "\u{95}": _ = try take(8)
    case "F", "I", "L":
      let text = try line().filter { $0 != "L" }
      guard let number = text == "00" ? 0 : text == "01" ? 1 : Double(text) else {
        throw fault("'\(text)' is no number")
      }
      stack.append(.number(number))
    case "G":
      let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      stack.append(.number(Double(bitPattern: bits)))
    case "J": stack.append(.number(Double(Int32(truncatingIfNeeded: try little(4)))))
    case "K": stack.append(.number(Double(try little(1))))
    case "M": stack.append(.number(Double(try little(2))))
    case "\u{88}": stack.append(.number(1))
    case "\u{89}": stack.append(.number(0))
    case "\u{8a}":
      let count = try little(1)
      guard count <= 8 else { throw fault("a number of \(count) bytes") }
      let raw = try little(count)
      let shift = 64 - 8 * count
      stack.append(.number(count == 0 ? 0 : Double((raw << shift) >> shift)))
    case "S":
      let text = try line()
      guard text.count > 1, let quote = text.first, quote == text.last else {
        throw fault("a text without quotes")
      }
      stack.append(try escapes(String(text.dropFirst().dropLast()), only: nil))
    case "V": stack.append(try escapes(latinLine(), only: ["u": 4, "U": 8]))
    case "X": stack.append(.text(String(decoding: try take(little(4)), as: UTF8.self)))
    case "\u{8c}": stack.append(.text(String(decoding: try take(little(1)), as: UTF8.self)))
    case "T", "B": stack.append(.bytes(try take(little(4))))
    case "U", "C": stack.append(.bytes(try take(little(1))))
    default: return false
    }
    return true
  }

  /// Texts of protocol 0: Python's backslash escapes, all of them or only those named.
  private func escapes(
    _ text: String,
    only some: [UnicodeScalar: Int]?
  ) throws(Pickle.Fault) -> Pickle.Value {
    var result = ""
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      let widths = some ?? ["x": 2, "u": 4, "U": 8]
      guard scalar == "\\", let kind = rest.first, some == nil || widths[kind] != nil else {
        result.unicodeScalars.append(scalar)
        continue
      }
      rest = rest.dropFirst()
      if let width = widths[kind] {
        let digits = String(String.UnicodeScalarView(rest.prefix(width)))
        guard let value = UInt32(digits, radix: 16), let made = UnicodeScalar(value) else {
          throw fault("the escape '\\\(kind)\(digits)'")
        }
        result.unicodeScalars.append(made)
        rest = rest.dropFirst(width)
      } else {
        let named: [UnicodeScalar: UnicodeScalar] = ["n": "\n", "t": "\t", "r": "\r", "0": "\0"]
        result.unicodeScalars.append(named[kind] ?? kind)
      }
    }
    return .text(result)
  }

  // MARK: Containers

  private mutating func container(_ code: UInt8) throws(Pickle.Fault) -> Bool {
    switch UnicodeScalar(code) {
    case "(": marks.append(stack.count)
    case "}": stack.append(.dictionary([]))
    case "d": stack.append(.dictionary(try pairs(popToMark())))
    case "s":
      let (value, key) = (try pop(), try pop())
      try add([.init(key: key, value: value)])
    case "u": try add(try pairs(popToMark()))
    case ")": stack.append(.tuple([]))
    case "t": stack.append(.tuple(try popToMark()))
    case "\u{85}": stack.append(.tuple([try pop()]))
    case "\u{86}":
      let (b, a) = (try pop(), try pop())
      stack.append(.tuple([a, b]))
    case "\u{87}":
      let (c, b, a) = (try pop(), try pop(), try pop())
      stack.append(.tuple([a, b, c]))
    default: return false
    }
    return true
  }

  private func pairs(_ values: [Pickle.Value]) throws(Pickle.Fault) -> [Pickle.Pair] {
    guard values.count.isMultiple(of: 2) else { throw fault("a key without a value") }
    return stride(from: 0, to: values.count, by: 2).map {
      Pickle.Pair(key: values[$0], value: values[$0 + 1])
    }
  }

  private mutating func add(_ pairs: [Pickle.Pair]) throws(Pickle.Fault) {
    guard case .dictionary(var table) = try pop() else { throw fault("an entry of no dictionary") }
    for pair in pairs {
      table.removeAll { $0.key == pair.key }
      table.append(pair)
    }
    stack.append(.dictionary(table))
  }

  // MARK: Memory

  private mutating func memory(_ code: UInt8) throws(Pickle.Fault) -> Bool {
    switch UnicodeScalar(code) {
    case "p": try remember(Int(try line()) ?? -1)
    case "q": try remember(try little(1))
    case "r": try remember(try little(4))
    case "\u{94}": try remember(memo.count)
    case "g": try recall(Int(try line()) ?? -1)
    case "h": try recall(try little(1))
    case "j": try recall(try little(4))
    case "0": _ = try pop()
    case "2":
      guard let last = stack.last else { throw fault("nothing to double") }
      stack.append(last)
    default: return false
    }
    return true
  }

  private mutating func remember(_ key: Int) throws(Pickle.Fault) {
    guard let last = stack.last else { throw fault("nothing to remember") }
    memo[key] = last
  }

  private mutating func recall(_ key: Int) throws(Pickle.Fault) {
    guard let value = memo[key] else { throw fault("entry \(key) was never written") }
    stack.append(value)
  }

  // MARK: numpy's scalars

  private mutating func object(_ code: UInt8) throws(Pickle.Fault) -> Bool {
    switch UnicodeScalar(code) {
    case "c": stack.append(try known("\(try line()).\(try line())"))
    case "\u{93}":
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw fault("a name that is no text")
      }
      stack.append(try known("\(module).\(name)"))
    case "R":
      guard case .tuple(let arguments) = try pop(), case .global(let name) = try pop() else {
        throw fault("a call of what is no name")
      }
      stack.append(try call(name, arguments))
    case "b": _ = try pop()
    default: return false
    }
    return true
  }

  private func known(_ name: String) throws(Pickle.Fault) -> Pickle.Value {
    let names = [
      "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype",
      "_codecs.encode",
    ]
    guard names.contains(name) else {
      throw fault("it wants '\(name)', which no sensitivity file needs; it may be malicious")
    }
    return .global(name)
  }

  private func call(
    _ name: String,
    _ arguments: [Pickle.Value]
  ) throws(Pickle.Fault) -> Pickle.Value {
    if name == "numpy.dtype" {
      switch arguments.first {
      case .text(let type)?: return .type(type)
      case .bytes(let type)?: return .type(String(decoding: type, as: UTF8.self))
      default: throw fault("a type without a name")
      }
    }
    if name == "_codecs.encode" {
      guard case .text(let text)? = arguments.first else { throw fault("an encoding of no text") }
      // Latin 1: each character is a byte.
      return .bytes(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    }
    guard arguments.count == 2, case .type(let type) = arguments[0],
      case let raw = Self.raw(arguments[1])
    else { throw fault("a numpy number in an unknown form") }
    let bits = raw.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch (type.filter { $0 != "<" }, raw.count) {
    case ("f8", 8): return .number(Double(bitPattern: bits))
    case ("f4", 4): return .number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
    default: throw fault("a numpy number of type '\(type)'")
    }
  }

  private static func raw(_ value: Pickle.Value) -> [UInt8] {
    switch value {
    case .bytes(let bytes): bytes
    case .text(let text): text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    default: []
    }
  }

  // MARK: Bytes

  private func fault(_ text: String) -> Pickle.Fault {
    Pickle.Fault(description: "not a pickle of ratios and losses: \(text)")
  }

  private mutating func pop() throws(Pickle.Fault) -> Pickle.Value {
    guard let value = stack.popLast() else { throw fault("a value is missing at byte \(place)") }
    return value
  }

  private mutating func popToMark() throws(Pickle.Fault) -> [Pickle.Value] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw fault("a mark is missing") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func byte() throws(Pickle.Fault) -> UInt8 { try take(1)[0] }

  private mutating func take(_ count: Int) throws(Pickle.Fault) -> [UInt8] {
    guard count >= 0, count <= bytes.count - place else { throw fault("it ends early") }
    defer { place += count }
    return Array(bytes[place..<place + count])
  }

  private mutating func little(_ count: Int) throws(Pickle.Fault) -> Int {
    try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// A line whose bytes are the first 256 characters of Unicode.
  private mutating func latinLine() throws(Pickle.Fault) -> String {
    guard let end = bytes[place...].firstIndex(of: 0x0A) else { throw fault("it ends early") }
    defer { place = end + 1 }
    return String(String.UnicodeScalarView(bytes[place..<end].map { UnicodeScalar($0) }))
  }

  private mutating func line() throws(Pickle.Fault) -> String {
    guard let end = bytes[place...].firstIndex(of: 0x0A) else { throw fault("it ends early") }
    defer { place = end + 1 }
    return String(decoding: bytes[place..<end], as: UTF8.self)
  }
}
