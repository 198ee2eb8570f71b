import Graphs

extension ONNXDecoder {
  /// A `TensorProto` without its values.
  private struct TensorHead {
    let message: WireReader
    var name = ""
    var typeNumber = 0
    var shape: [Int] = []
    var raw: Range<Int>?
    var external: [(key: String, value: String)] = []
    var isExternal = false
    /// Fields of typed values that were seen, one bit each, and the bytes they take.
    var typedFields: UInt32 = 0
    var typedBytes = 0
    var unknownFields: [UInt8] = []
  }

  /// A tensor with its name; raw values stay where they lie.
  mutating func tensor(_ message: WireReader) throws(ONNXError) -> (String, Constant) {
    let head = try head(ofTensor: message)
    guard let type = ElementType(rawValue: Int32(truncatingIfNeeded: head.typeNumber)) else {
      throw message.damage(
        at: message.position,
        .unknownElementType(tensor: head.name, head.typeNumber)
      )
    }
    let count = try elementCount(head)
    let isMisplaced = head.typedFields & ~(1 << type.valueField) != 0
    let sources =
      (head.isExternal ? 1 : 0) + (head.raw == nil ? 0 : 1) + (head.typedFields == 0 ? 0 : 1)
    guard !isMisplaced, sources <= 1, head.raw == nil || type != .string else {
      throw message.damage(at: message.position, .misplacedValues(tensor: head.name, type: type))
    }
    var constant: Constant
    if type == .string {
      if head.isExternal { throw files.error(head.name, "", .strings) }
      constant = Constant(strings: try strings(head, count: count), shape: head.shape)
    } else {
      guard let expected = type.byteCount(of: count) else {
        throw message.damage(
          at: message.position,
          .oversized(tensor: head.name, shape: head.shape)
        )
      }
      constant = Constant(
        type: type,
        shape: head.shape,
        bytes: try values(head, type: type, expected: expected)
      )
    }
    constant.unknownFields = head.unknownFields
    return (head.name, constant)
  }

  private func head(ofTensor message: WireReader) throws(ONNXError) -> TensorHead {
    var reader = message
    var head = TensorHead(message: message)
    while let field = try reader.next() {
      switch field.number {
      case 1: try reader.append(field, to: &head.shape)
      case 2: head.typeNumber = try reader.int(field)
      case 4, 5, 6, 7, 10, 11:
        let start = reader.position
        try reader.skip(field)
        head.typedFields |= 1 << UInt32(field.number)
        head.typedBytes += reader.position - start
      case 8: head.name = try reader.string(field)
      case 9: head.raw = try reader.range(field)
      case 13:
        let entry = try entry(try reader.inner(field, "StringStringEntryProto"))
        head.external.append((entry.key, entry.value))
      case 14: head.isExternal = try reader.int(field) == 1
      default: try reader.keep(field, in: &head.unknownFields)
      }
    }
    return head
  }

  private func elementCount(_ head: TensorHead) throws(ONNXError) -> Int {
    var count = 1
    for size in head.shape {
      guard size >= 0 else {
        throw head.message.damage(
          at: head.message.position,
          .negativeSize(tensor: head.name, size)
        )
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else {
        throw head.message.damage(
          at: head.message.position,
          .oversized(tensor: head.name, shape: head.shape)
        )
      }
      count = product
    }
    return count
  }

  private mutating func values(
    _ head: TensorHead,
    type: ElementType,
    expected: Int
  ) throws(ONNXError) -> Bytes {
    if head.isExternal {
      return try files.bytes(of: head.name, entries: head.external, count: expected)
    }
    if let raw = head.raw {
      guard raw.count == expected else {
        throw wrongSize(head, type, expected: expected, found: raw.count)
      }
      return source[raw]
    }
    return try typedValues(head, type: type, expected: expected)
  }

  private func strings(_ head: TensorHead, count: Int) throws(ONNXError) -> [[UInt8]] {
    var reader = head.message
    var list: [[UInt8]] = []
    while let field = try reader.next() {
      if field.number == ElementType.string.valueField {
        list.append(reader.copy(try reader.range(field)))
      } else {
        try reader.skip(field)
      }
    }
    guard list.count == count else {
      throw wrongSize(head, .string, expected: count, found: list.count)
    }
    return list
  }

  /// Values from the field of their type: a slice where they lie as `raw_data` would, else converted.
  private func typedValues(
    _ head: TensorHead,
    type: ElementType,
    expected: Int
  ) throws(ONNXError) -> Bytes {
    let width = type.valueWidth
    // A number takes at least one byte of the file, so nothing is allocated that the file cannot fill.
    guard expected / width <= head.typedBytes else {
      throw wrongSize(head, type, expected: expected, found: 0)
    }
    var reader = head.message
    var slice: Range<Int>?
    var pieces = 0
    while let field = try reader.next() {
      guard field.number == type.valueField else {
        try reader.skip(field)
        continue
      }
      pieces += 1
      if field.type == .bytes, type.isFixedWidth {
        slice = try reader.fixedList(field, width: type.fixedWidth).rest
      } else {
        try reader.skip(field)
      }
    }
    if pieces <= 1, let slice, slice.count == expected { return source[slice] }
    return try converted(head, type: type, expected: expected)
  }

  private func converted(
    _ head: TensorHead,
    type: ElementType,
    expected: Int
  ) throws(ONNXError) -> Bytes {
    try unsafe Bytes(count: expected) { (target) throws(ONNXError) in
      var reader = head.message
      var cursor = unsafe ValueCursor(target: target, width: type.valueWidth, isBool: type == .bool)
      while let field = try reader.next() {
        guard field.number == type.valueField else {
          try reader.skip(field)
          continue
        }
        if type.isFixedWidth {
          try cursor.takeFixed(field, of: &reader, width: type.fixedWidth)
        } else {
          try cursor.takeVarints(field, of: &reader)
        }
      }
      guard cursor.written == expected else {
        throw wrongSize(head, type, expected: expected, found: cursor.written)
      }
    }
  }

  private func wrongSize(
    _ head: TensorHead,
    _ type: ElementType,
    expected: Int,
    found: Int
  ) -> ONNXError {
    head.message.damage(
      at: head.raw?.lowerBound ?? head.message.position,
      .wrongSize(
        tensor: head.name,
        type: type,
        shape: head.shape,
        expected: expected,
        found: found
      )
    )
  }
}
