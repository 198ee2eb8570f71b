internal import Graphs

extension Pickle {
  /// The result of one of the known calls.
  mutating func call(
    _ global: Global,
    _ arguments: [Value]
  ) throws(WeightError) -> Value {
    switch (global, arguments.count) {
    case (.reconstruct, 3): return .array(Box())
    case (.elementType, 1...): return .elementType(try boxed([arguments[0]]))
    // Python 3 writes no bytes at all so, in protocol 2.
    case (.bytes, 0): return .bytes(Bytes())
    case (.encode, 1...2): return try encoded(arguments)
    case (.scalar, 2):
      guard case .elementType(let box) = arguments[0] else { throw bad("scalar") }
      return .constant(try constant(type: box, shape: [], arguments[1], isFortran: false))
    case (.buffer, 4):
      guard case .elementType(let type) = arguments[1], let sizes = arguments[2].items else {
        throw bad("array")
      }
      let isFortran = arguments[3].text == "F"
      let shape = try shape(sizes)
      return .constant(
        try constant(type: type, shape: shape, arguments[0], isFortran: isFortran)
      )
    default: throw bad("call")
    }
  }

  private func shape(_ sizes: [Value]) throws(WeightError) -> [Int] {
    let shape = sizes.compactMap { size -> Int? in
      if case .int(let size) = size { size } else { nil }
    }
    guard shape.count == sizes.count else { throw bad("shape") }
    return shape
  }

  /// Bytes that Python 3 writes as text in protocol 2.
  private func encoded(_ arguments: [Value]) throws(WeightError) -> Value {
    if arguments.count == 2 {
      guard case .text(let name) = arguments[1], ["latin1", "latin-1"].contains(name) else {
        throw bad("encoding")
      }
    }
    switch arguments[0] {
    case .text(let text): return .bytes(try latin1(Bytes(Array(text.utf8))))
    case .longText(let text): return .bytes(try latin1(text))
    default: throw bad("encoding")
    }
  }

  /// Characters below 256, in UTF-8, each as one byte.
  private func latin1(_ text: Bytes) throws(WeightError) -> Bytes {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    let isWhole = unsafe text.withUnsafeBytes { memory in
      var index = 0
      while index < memory.count {
        let byte = unsafe memory[index]
        if byte < 0x80 {
          bytes.append(byte)
          index += 1
        } else {
          guard byte == 0xC2 || byte == 0xC3, index + 1 < memory.count else { return false }
          let next = unsafe memory[index + 1]
          guard next & 0xC0 == 0x80 else { return false }
          bytes.append((byte & 3) << 6 | next & 0x3F)
          index += 2
        }
      }
      return true
    }
    guard isWhole else { throw bad("text") }
    return Bytes(bytes)
  }

  /// Gives an array or a type its state.
  mutating func build(_ state: Value) throws(WeightError) {
    guard case .tuple(let tuple) = state, let object = stack.last, object.box?.isSealed == false
    else { throw bad("state") }
    let parts = tuple.items
    switch object {
    case .elementType(let box):
      // Version, byte order, and what only structured types use.
      guard parts.count >= 2, let order = parts[1].text, ["<", "|", "=", ">"].contains(order)
      else {
        throw bad("state of a type")
      }
      box.items = [box.items[0], .text(order)]
    case .array(let box):
      guard parts.count == 5, let sizes = parts[1].items, case .elementType(let type) = parts[2]
      else { throw bad("state of an array") }
      let shape = try shape(sizes)
      let isFortran =
        switch parts[3] {
        case .bool(let value): value
        case .int(let value): value != 0
        default: false
        }
      box.items = [
        .constant(try constant(type: type, shape: shape, parts[4], isFortran: isFortran))
      ]
    default: throw bad("state")
    }
  }

  private static let types: [String: ElementType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32,
    "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
  ]

  private func constant(
    type box: Box,
    shape: [Int],
    _ value: Value,
    isFortran: Bool
  ) throws(WeightError) -> Constant {
    let name = box.items.first?.text ?? "?"
    guard let type = Self.types[name] else {
      throw reader.damage(at: reader.position, .unknownType(tensor: "an array", name))
    }
    if type.bitCount > 8, box.items.count > 1, box.items[1].text == ">" {
      throw reader.damage(
        at: reader.position,
        .unknownType(tensor: "an array", "big-endian \(name)")
      )
    }
    guard case .bytes(let data) = value else { throw bad("array's contents") }
    try Safetensors.check("array", type, shape, data.count, at: reader.position, reader.path)
    let isTurned = isFortran && shape.filter { $0 > 1 }.count > 1
    return Constant(
      type: type,
      shape: shape,
      bytes: isTurned ? Self.rowMajor(data, shape, width: type.bitCount / 8) : data
    )
  }

  /// Elements stored column by column, row by row.
  private static func rowMajor(_ bytes: Bytes, _ shape: [Int], width: Int) -> Bytes {
    let source = bytes.elements(as: UInt8.self)
    var target = source
    var strides: [Int] = []
    var step = 1
    for size in shape {
      strides.append(step)
      step *= size
    }
    var index = [Int](repeating: 0, count: shape.count)
    for place in 0..<step {
      let from = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
      for byte in 0..<width { target[place * width + byte] = source[from * width + byte] }
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
    return Bytes(target)
  }
}
