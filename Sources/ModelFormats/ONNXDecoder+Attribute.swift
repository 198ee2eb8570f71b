import Graphs

/// The kinds of an attribute, numbered as `AttributeProto.AttributeType`, each with the field of its value.
enum AttributeKind: Int, CaseIterable {
  case float = 1
  case int = 2
  case string = 3
  case tensor = 4
  case graph = 5
  case floats = 6
  case ints = 7
  case strings = 8
  case tensors = 9
  case graphs = 10

  /// The number of the field that holds the value.
  var field: Int {
    switch self {
    case .float: 2
    case .int: 3
    case .string: 4
    case .tensor: 5
    case .graph: 6
    case .floats: 7
    case .ints: 8
    case .strings: 9
    case .tensors: 10
    case .graphs: 11
    }
  }
}

extension ONNXDecoder {
  /// What is known of an attribute before its value is read.
  private struct Head {
    var name = ""
    var reference = ""
    /// The stated kind; 0 where none is, as in files older than IR version 2.
    var kind = 0
    /// The first field that holds a value.
    var firstValue: Int?
    /// Fields that are there, one bit each; those beyond 30 share the last.
    var fields: UInt32 = 0
  }

  /// An attribute, with its name and what it says beyond its value.
  mutating func attribute(
    _ message: WireReader,
    depth: Int
  ) throws(ONNXError) -> (name: String, value: Attribute, unknownFields: [UInt8]) {
    let head = try head(message)
    if !head.reference.isEmpty {
      let reference = Attribute.reference(
        name: head.reference,
        kind: Int32(truncatingIfNeeded: head.kind)
      )
      return (head.name, reference, try unknownFields(message, head, value: nil))
    }
    let inferred = AttributeKind.allCases.first { $0.field == head.firstValue }
    guard let kind = head.kind == 0 ? inferred : AttributeKind(rawValue: head.kind),
      let value = try value(of: kind, message, depth: depth)
    else { return (head.name, .other(message.copy(message.rest)), []) }
    return (head.name, value, try unknownFields(message, head, value: kind))
  }

  /// The name in the bytes of an attribute that is kept as it was read.
  func name(ofAttribute message: WireReader) throws(ONNXError) -> String { try head(message).name }

  private func head(_ message: WireReader) throws(ONNXError) -> Head {
    var reader = message
    var head = Head()
    while let field = try reader.next() {
      head.fields |= 1 << UInt32(min(field.number, 31))
      switch field.number {
      case 1: head.name = try reader.string(field)
      case 20: head.kind = try reader.int(field)
      case 21: head.reference = try reader.string(field)
      case 2...11:
        head.firstValue = head.firstValue ?? field.number
        try reader.skip(field)
      default: try reader.skip(field)
      }
    }
    return head
  }

  private func unknownFields(
    _ message: WireReader,
    _ head: Head,
    value kind: AttributeKind?
  ) throws(ONNXError) -> [UInt8] {
    var known: UInt32 = 1 << 1 | 1 << 20 | 1 << 21
    if let kind { known |= 1 << UInt32(kind.field) }
    guard head.fields & ~known != 0 else { return [] }
    var reader = message
    var result: [UInt8] = []
    while let field = try reader.next() {
      if known & 1 << UInt32(min(field.number, 31)) != 0 {
        try reader.skip(field)
      } else {
        try reader.keep(field, in: &result)
      }
    }
    return result
  }

  /// The value of an attribute of a known kind; nil where a tensor or graph is announced and missing.
  private mutating func value(
    of kind: AttributeKind,
    _ message: WireReader,
    depth: Int
  ) throws(ONNXError) -> Attribute? {
    switch kind {
    case .float:
      var value: Float = 0
      try each(kind, message) { (field, reader) throws(ONNXError) in
        value = try reader.float(field)
      }
      return .float(value)
    case .int:
      var value = 0
      try each(kind, message) { (field, reader) throws(ONNXError) in
        value = try reader.int(field)
      }
      return .int(value)
    case .string:
      var value: [UInt8] = []
      try each(kind, message) { (field, reader) throws(ONNXError) in
        value = reader.copy(try reader.range(field))
      }
      return .string(value)
    case .floats:
      var list: [Float] = []
      try each(kind, message) { (field, reader) throws(ONNXError) in
        try reader.append(field, to: &list)
      }
      return .floats(list)
    case .ints:
      var list: [Int] = []
      try each(kind, message) { (field, reader) throws(ONNXError) in
        try reader.append(field, to: &list)
      }
      return .ints(list)
    case .strings:
      var list: [[UInt8]] = []
      try each(kind, message) { (field, reader) throws(ONNXError) in
        list.append(reader.copy(try reader.range(field)))
      }
      return .strings(list)
    case .tensor, .tensors:
      let list = try tensors(kind, message)
      return kind == .tensors ? .tensors(list) : list.first.map(Attribute.tensor)
    case .graph, .graphs:
      let list = try graphs(kind, message, depth: depth)
      return kind == .graphs ? .graphs(list) : list.first.map(Attribute.graph)
    }
  }

  private mutating func tensors(
    _ kind: AttributeKind,
    _ message: WireReader
  ) throws(ONNXError) -> [Constant] {
    var reader = message
    var list: [Constant] = []
    while let field = try reader.next() {
      guard field.number == kind.field else {
        try reader.skip(field)
        continue
      }
      if kind == .tensor, !list.isEmpty { throw twice(field, in: reader) }
      var (name, constant) = try tensor(try reader.inner(field, "TensorProto"))
      if !name.isEmpty {
        var kept = WireWriter()
        kept.string(8, name)
        constant.unknownFields = kept.bytes + constant.unknownFields
      }
      list.append(constant)
    }
    return list
  }

  private mutating func graphs(
    _ kind: AttributeKind,
    _ message: WireReader,
    depth: Int
  ) throws(ONNXError) -> [Graph] {
    var reader = message
    var list: [Graph] = []
    while let field = try reader.next() {
      guard field.number == kind.field else {
        try reader.skip(field)
        continue
      }
      if kind == .graph, !list.isEmpty { throw twice(field, in: reader) }
      list.append(try graph(try reader.inner(field, "GraphProto"), depth: depth + 1))
    }
    return list
  }

  private func each(
    _ kind: AttributeKind,
    _ message: WireReader,
    _ take: (WireReader.Field, inout WireReader) throws(ONNXError) -> Void
  ) throws(ONNXError) {
    var reader = message
    while let field = try reader.next() {
      if field.number == kind.field {
        try take(field, &reader)
      } else {
        try reader.skip(field)
      }
    }
  }
}
