import Graphs

extension ONNXEncoder {
  mutating func attributes(
    _ attributes: NamedTable<Attribute>,
    _ unknownFields: NamedTable<[UInt8]>,
    field: Int,
    _ writer: inout WireWriter,
    depth: Int
  ) throws(ONNXError) {
    for (name, value) in attributes {
      try writer.message(field) { (writer) throws(ONNXError) in
        try attribute(value, named: name, &writer, depth: depth)
        if !unknownFields.isEmpty, let fields = unknownFields[name] { writer.fields(fields) }
      }
    }
  }

  private mutating func attribute(
    _ value: Attribute,
    named name: String,
    _ writer: inout WireWriter,
    depth: Int
  ) throws(ONNXError) {
    if case .other(let bytes) = value {
      writer.fields(bytes)
      if storedName(bytes) != name { writer.string(1, name) }
      return
    }
    writer.string(1, name)
    if case .reference(let outer, let kind) = value {
      writer.int(20, Int(kind), keepZero: false)
      return writer.string(21, outer)
    }
    guard let kind = value.kind else { return }
    switch value {
    case .float(let value): writer.float(kind.field, value)
    case .int(let value): writer.int(kind.field, value)
    case .string(let value): writer.data(kind.field, value)
    case .floats(let list): for value in list { writer.float(kind.field, value) }
    case .ints(let list): for value in list { writer.int(kind.field, value) }
    case .strings(let list): for value in list { writer.data(kind.field, value) }
    case .tensor(let constant): try tensors([constant], kind, &writer)
    case .tensors(let constants): try tensors(constants, kind, &writer)
    case .graph(let graph): try graphs([graph], kind, &writer, depth: depth)
    case .graphs(let list): try graphs(list, kind, &writer, depth: depth)
    case .reference, .other: break
    }
    writer.int(20, kind.rawValue)
  }

  private mutating func tensors(
    _ list: [Constant],
    _ kind: AttributeKind,
    _ writer: inout WireWriter
  ) throws(ONNXError) {
    for constant in list {
      try writer.message(kind.field) { (writer) throws(ONNXError) in
        try tensor(constant, named: "", mayLieBeside: false, &writer)
      }
    }
  }

  private mutating func graphs(
    _ list: [Graph],
    _ kind: AttributeKind,
    _ writer: inout WireWriter,
    depth: Int
  ) throws(ONNXError) {
    for graph in list {
      try writer.message(kind.field) { (writer) throws(ONNXError) in
        try self.graph(graph, &writer, depth: depth + 1)
      }
    }
  }

  private func storedName(_ bytes: [UInt8]) -> String {
    unsafe bytes.withUnsafeBytes { memory in
      guard let reader = unsafe WireReader(memory, message: "AttributeProto") else { return "" }
      let decoder = ONNXDecoder(source: Bytes(), files: ExternalFiles(folder: nil))
      return (try? decoder.name(ofAttribute: reader)) ?? ""
    }
  }
}

extension Attribute {
  /// The kind as ONNX numbers it; nil for references and for what is kept as it was read.
  fileprivate var kind: AttributeKind? {
    switch self {
    case .int: .int
    case .float: .float
    case .string: .string
    case .tensor: .tensor
    case .graph: .graph
    case .ints: .ints
    case .floats: .floats
    case .strings: .strings
    case .tensors: .tensors
    case .graphs: .graphs
    case .reference, .other: nil
    }
  }
}
