package import Graphs

/// An unpickler that can build dictionaries, lists, tuples, texts, numbers and numpy's arrays, and nothing else.
///
/// Nothing is imported or called: the few names that numpy writes are known by their meaning, every other one is an error.
package struct Pickle {
  var reader: ByteReader
  private let bytes: Bytes
  var stack: [Value] = []
  private var memo: [Int: Value] = [:]

  /// Lists, tuples and dictionaries may lie this deep in each other.
  private static var depthLimit: Int { 32 }

  /// The value that a pickle of protocol 0 to 5 builds; arrays share the memory of its bytes.
  ///
  /// - Parameters:
  ///   - bytes: the pickle.
  ///   - path: the file, for errors.
  /// - Returns: the value.
  /// - Throws: ``WeightError`` with the place of what is wrong; ``WeightError/Damage/forbidden(global:)`` for a pickle that
  ///   names anything but numpy's arrays.
  package static func read(_ bytes: Bytes, path: String) throws(WeightError) -> Value {
    unsafe try bytes.withUnsafeBytes { memory throws(WeightError) in
      var pickle = unsafe Pickle(bytes, memory, path: path)
      return try pickle.load()
    }
  }

  private init(_ bytes: Bytes, _ memory: UnsafeRawBufferPointer, path: String) {
    self.bytes = bytes
    reader = unsafe ByteReader(memory, path: path)
  }

  /// Reads to the pickle's end and returns what it built.
  private mutating func load() throws(WeightError) -> Value {
    while true {
      let start = reader.position
      let code = try reader.number(UInt8.self)
      if code == UInt8(ascii: ".") { return try pop() }
      if try values(code) { continue }
      if try memory(code) { continue }
      if try collections(code) { continue }
      if try calls(code, at: start) { continue }
      throw reader.damage(
        at: start,
        .unexpected("the pickle has the code \(code), which arrays do not need")
      )
    }
  }

  // MARK: Stack

  mutating func pop() throws(WeightError) -> Value {
    guard let value = stack.popLast() else { throw short() }
    if case .mark = value { throw short() }
    return value
  }

  /// What lies above the last mark, which goes.
  mutating func popToMark() throws(WeightError) -> [Value] {
    let place = stack.lastIndex { if case .mark = $0 { true } else { false } }
    guard let place else { throw short() }
    let values = Array(stack[(place + 1)...])
    stack.removeSubrange(place...)
    return values
  }

  func short() -> WeightError {
    reader.damage(at: reader.position - 1, .unexpected("the pickle's stack is too short"))
  }

  // MARK: Codes

  /// Numbers, texts and bytes.
  private mutating func values(_ code: UInt8) throws(WeightError) -> Bool {
    switch code {
    case UInt8(ascii: "N"): stack.append(.none)
    case 0x88: stack.append(.bool(true))
    case 0x89: stack.append(.bool(false))
    case UInt8(ascii: "J"): stack.append(.int(Int(try reader.number(Int32.self))))
    case UInt8(ascii: "K"): stack.append(.int(Int(try reader.number(UInt8.self))))
    case UInt8(ascii: "M"): stack.append(.int(Int(try reader.number(UInt16.self))))
    case UInt8(ascii: "I"), UInt8(ascii: "L"): stack.append(try decimal())
    case 0x8A: try long(Int(try reader.number(UInt8.self)))
    case 0x8B: try long(Int(try reader.number(Int32.self)))
    case UInt8(ascii: "F"):
      let text = try reader.line()
      guard let number = Double(text) else { throw bad("number '\(text)'") }
      stack.append(.float(number))
    case UInt8(ascii: "G"):
      // The one big-endian number of the format.
      stack.append(.float(Double(bitPattern: try reader.number(UInt64.self).byteSwapped)))
    case UInt8(ascii: "S"): stack.append(try quoted())
    case UInt8(ascii: "V"): stack.append(.text(try escaped()))
    case UInt8(ascii: "T"), UInt8(ascii: "B"): try data(UInt64(try reader.number(UInt32.self)))
    case UInt8(ascii: "U"), UInt8(ascii: "C"): try data(UInt64(try reader.number(UInt8.self)))
    case 0x8E, 0x96: try data(try reader.number(UInt64.self))
    case UInt8(ascii: "X"): try unicode(UInt64(try reader.number(UInt32.self)))
    case 0x8C: try unicode(UInt64(try reader.number(UInt8.self)))
    case 0x8D: try unicode(try reader.number(UInt64.self))
    default: return false
    }
    return true
  }

  /// Versions, frames, marks and what is put aside.
  private mutating func memory(_ code: UInt8) throws(WeightError) -> Bool {
    switch code {
    case 0x80:
      let version = try reader.number(UInt8.self)
      guard version <= 5 else { throw bad("protocol \(version)") }
    case 0x95: _ = try reader.number(UInt64.self)
    case UInt8(ascii: "("): stack.append(.mark)
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popToMark()
    case UInt8(ascii: "2"):
      guard let last = stack.last else { throw short() }
      stack.append(last)
    case UInt8(ascii: "q"): try put(Int(try reader.number(UInt8.self)))
    case UInt8(ascii: "r"): try put(Int(try reader.number(UInt32.self)))
    case UInt8(ascii: "p"): try put(try place())
    case 0x94: try put(memo.count)
    case UInt8(ascii: "h"): try get(Int(try reader.number(UInt8.self)))
    case UInt8(ascii: "j"): try get(Int(try reader.number(UInt32.self)))
    case UInt8(ascii: "g"): try get(try place())
    default: return false
    }
    return true
  }

  /// Lists, tuples and dictionaries.
  private mutating func collections(_ code: UInt8) throws(WeightError) -> Bool {
    switch code {
    case UInt8(ascii: ")"): stack.append(.tuple(Box()))
    case UInt8(ascii: "t"): stack.append(.tuple(try boxed(try popToMark())))
    case 0x85, 0x86, 0x87:
      var items: [Value] = []
      for _ in 0..<code - 0x84 { items.insert(try pop(), at: 0) }
      stack.append(.tuple(try boxed(items)))
    case UInt8(ascii: "]"): stack.append(.list(Box()))
    case UInt8(ascii: "l"): stack.append(.list(try boxed(try popToMark())))
    case UInt8(ascii: "}"): stack.append(.dictionary(Box()))
    case UInt8(ascii: "d"):
      let items = try popToMark()
      guard items.count.isMultiple(of: 2) else { throw bad("key without a value") }
      stack.append(.dictionary(try boxed(items)))
    case UInt8(ascii: "a"): try extend([try pop()], isDictionary: false)
    case UInt8(ascii: "e"): try extend(try popToMark(), isDictionary: false)
    case UInt8(ascii: "s"):
      let value = try pop()
      try extend([try pop(), value], isDictionary: true)
    case UInt8(ascii: "u"): try extend(try popToMark(), isDictionary: true)
    default: return false
    }
    return true
  }

  /// Names, calls and states.
  private mutating func calls(_ code: UInt8, at start: Int) throws(WeightError) -> Bool {
    switch code {
    case UInt8(ascii: "c"):
      let module = try reader.line()
      try global(module, try reader.line(), at: start)
    case 0x93:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw bad("name of a global")
      }
      try global(module, name, at: start)
    case UInt8(ascii: "R"):
      guard case .tuple(let arguments) = try pop(), case .global(let global) = try pop() else {
        throw bad("call")
      }
      stack.append(try call(global, arguments.items))
    case UInt8(ascii: "b"):
      let state = try pop()
      try build(state)
    case UInt8(ascii: "i"):
      let module = try reader.line()
      throw reader.damage(at: start, .forbidden(global: "\(module).\(try reader.line())"))
    default: return false
    }
    return true
  }

  private mutating func global(_ module: String, _ name: String, at start: Int) throws(WeightError)
  {
    guard let known = Global(module: module, name: name) else {
      throw reader.damage(at: start, .forbidden(global: "\(module).\(name)"))
    }
    stack.append(.global(known))
  }

  // MARK: Parts

  func bad(_ what: String) -> WeightError {
    reader.damage(at: reader.position, .unexpected("the pickle has a \(what) that cannot be used"))
  }

  private mutating func extend(_ items: [Value], isDictionary: Bool) throws(WeightError) {
    switch stack.last {
    case .list(let box) where !isDictionary: try add(items, to: box)
    case .dictionary(let box) where isDictionary && items.count.isMultiple(of: 2):
      try add(items, to: box)
    default: throw short()
    }
  }

  /// A new box of values.
  func boxed(_ items: [Value]) throws(WeightError) -> Box {
    let box = Box()
    try add(items, to: box)
    return box
  }

  /// Puts values into a box; boxes among them no longer grow, so their depth is final.
  private func add(_ items: [Value], to box: Box) throws(WeightError) {
    for item in items {
      guard let inner = item.box else { continue }
      inner.isSealed = true
      box.depth = max(box.depth, inner.depth + 1)
    }
    guard box.depth <= Self.depthLimit else {
      throw reader.damage(
        at: reader.position,
        .unexpected("the pickle nests values more than \(Self.depthLimit) deep")
      )
    }
    guard !box.isSealed else { throw bad("value that changes inside another") }
    box.items += items
  }

  private mutating func put(_ place: Int) throws(WeightError) {
    guard let last = stack.last else { throw short() }
    memo[place] = last
  }

  private mutating func get(_ place: Int) throws(WeightError) {
    guard let value = memo[place] else { throw bad("reference to nothing") }
    stack.append(value)
  }

  private mutating func place() throws(WeightError) -> Int {
    guard let place = Int(try reader.line()) else { throw bad("reference") }
    return place
  }

  private mutating func decimal() throws(WeightError) -> Value {
    let text = try reader.line()
    if text == "00" || text == "01" { return .bool(text == "01") }
    guard let number = Int(text.hasSuffix("L") ? String(text.dropLast()) : text) else {
      throw bad("number '\(text.prefix(40))'")
    }
    return .int(number)
  }

  /// A whole number of up to eight bytes.
  private mutating func long(_ count: Int) throws(WeightError) {
    let place = try reader.take(count)
    guard count <= 8 else { throw bad("number of \(count) bytes") }
    var value: UInt64 = 0
    let bytes = reader.copy(place)
    for (index, byte) in bytes.enumerated() { value |= UInt64(byte) << (8 * UInt64(index)) }
    if let last = bytes.last, last >= 0x80, count < 8 { value |= .max << (8 * UInt64(count)) }
    stack.append(.int(Int(truncatingIfNeeded: value)))
  }

  private mutating func unicode(_ count: UInt64) throws(WeightError) {
    let place = try reader.take(count)
    // Arrays of protocol 2 come as text of characters below 256; they are turned into bytes where they are called for.
    stack.append(place.count > 1 << 12 ? .longText(bytes[place]) : .text(try reader.text(place)))
  }

  private mutating func data(_ count: UInt64) throws(WeightError) {
    stack.append(.bytes(bytes[try reader.take(count)]))
  }
}
