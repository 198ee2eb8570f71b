internal import Graphs

extension Pickle {
  /// The result of one of the known calls.
  mutating func call(
    _ global: PickleGlobal,
    _ arguments: [PickleValue]
  ) throws(WeightError) -> PickleValue {
    switch (global, arguments.count) {
    case (.reconstruct, 3): return .array(PickleBox())
    case (.dtype, 1...): return .dtype(PickleBox([arguments[0]]))
    // Python 3 writes no bytes at all so, in protocol 2.
    case (.bytes, 0): return .data([])
    case (.encode, 1...2): return try encoded(arguments)
    case (.scalar, 2):
      guard case .dtype(let box) = arguments[0] else { throw bad("scalar") }
      return .constant(try constant(type: box, shape: [], arguments[1], isFortran: false))
    case (.buffer, 4):
      guard case .dtype(let type) = arguments[1], case .tuple(let sizes) = arguments[2] else {
        throw bad("array")
      }
      let isFortran = text(arguments[3]) == "F"
      let shape = try shape(sizes)
      return .constant(
        try constant(type: type, shape: shape, arguments[0], isFortran: isFortran)
      )
    default: throw bad("call")
    }
  }

  private func shape(_ sizes: [PickleValue]) throws(WeightError) -> [Int] {
    let shape = sizes.compactMap { size -> Int? in
      if case .int(let size) = size { size } else { nil }
    }
    guard shape.count == sizes.count else { throw bad("shape") }
    return shape
  }

  /// Bytes that Python 3 writes as text in protocol 2.
  private func encoded(_ arguments: [PickleValue]) throws(WeightError) -> PickleValue {
    if arguments.count == 2 {
      guard case .text(let name) = arguments[1], ["latin1", "latin-1"].contains(name) else {
        throw bad("encoding")
      }
    }
    switch arguments[0] {
    case .text(let text):
      var bytes: [UInt8] = []
      for scalar in text.unicodeScalars {
        guard scalar.value < 256 else { throw bad("text") }
        bytes.append(UInt8(scalar.value))
      }
      return .data(bytes)
    case .bytes(let place):
      guard let bytes = reader.latin1(place) else { throw bad("text") }
      return .data(bytes)
    default: throw bad("encoding")
    }
  }

  /// Gives an array or a type its state.
  mutating func build(_ state: PickleValue) throws(WeightError) {
    guard case .tuple(let parts) = state, let object = stack.last else { throw bad("state") }
    switch object {
    case .dtype(let box):
      // Version, byte order, and what only structured types use.
      guard parts.count >= 2, let order = text(parts[1]), ["<", "|", "=", ">"].contains(order)
      else {
        throw bad("state of a type")
      }
      box.items = [box.items[0], .text(order)]
    case .array(let box):
      guard parts.count == 5, case .tuple(let sizes) = parts[1], case .dtype(let type) = parts[2]
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

  /// A text, also where Python 2 wrote it as bytes.
  func text(_ value: PickleValue) -> String? {
    switch value {
    case .text(let text): text
    case .data(let bytes): String(validating: bytes, as: UTF8.self)
    case .bytes(let place): String(validating: reader.copy(place), as: UTF8.self)
    default: nil
    }
  }

  private static let types: [String: ElementType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32,
    "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
  ]

  private func constant(
    type box: PickleBox,
    shape: [Int],
    _ value: PickleValue,
    isFortran: Bool
  ) throws(WeightError) -> Constant {
    let name = box.items.first.flatMap(text) ?? "?"
    guard let type = Self.types[name] else {
      throw reader.damage(at: reader.position, .unknownType(tensor: "an array", name))
    }
    if type.bitCount > 8, box.items.count > 1, text(box.items[1]) == ">" {
      throw reader.damage(
        at: reader.position,
        .unknownType(tensor: "an array", "big-endian \(name)")
      )
    }
    let data: Bytes
    switch value {
    case .bytes(let place): data = bytes[place]
    case .data(let copy): data = Bytes(copy)
    default: throw bad("array's contents")
    }
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
