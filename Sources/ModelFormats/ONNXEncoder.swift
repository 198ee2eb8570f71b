import Graphs

/// Turns values into the messages of an ONNX model.
///
/// Fields are named by their numbers in `onnx.proto`.
struct ONNXEncoder {
  /// The model.
  private(set) var output = WireWriter()
  /// Weights for the file beside the model, with their places in it.
  private(set) var besides: [(offset: Int, bytes: Bytes)] = []
  private var dataEnd = 0
  private let dataFile: String?

  /// The most bytes that a protocol buffer can have.
  static var largestMessage: Int { Int(Int32.max) }
  /// Weights of fewer bytes stay in the model.
  private static var smallestBeside: Int { 1024 }

  /// An encoder that puts initialisers into the file named, beside the model; nil keeps them inside.
  init(dataFile: String? = nil) { self.dataFile = dataFile }

  /// Throws where the model is larger than a protocol buffer can be.
  func checkSize() throws(ONNXError) {
    guard output.count <= Self.largestMessage else {
      throw .unwritable(.tooLarge(bytes: output.count))
    }
  }

  /// Encodes a model whole.
  mutating func model(_ graph: Graph) throws(ONNXError) {
    var writer = WireWriter()
    let model = graph.model
    writer.int(1, graph.leastIRVersion)
    writer.optional(2, model.producer)
    writer.optional(3, model.producerVersion)
    try writer.message(7) { (writer) throws(ONNXError) in
      try self.graph(graph, &writer, depth: 0)
    }
    try opsets(model.opsets, field: 8, &writer)
    for (key, value) in model.metadata {
      try writer.message(14) { writer in
        writer.string(1, key)
        writer.string(2, value)
      }
    }
    for function in model.functions {
      try writer.message(25) { (writer) throws(ONNXError) in
        try self.function(function, &writer)
      }
    }
    writer.fields(model.unknownFields)
    output = writer
  }

  mutating func graph(
    _ graph: Graph,
    _ writer: inout WireWriter,
    depth: Int
  ) throws(ONNXError) {
    guard depth < ONNX.depthLimit else { throw .unwritable(.tooDeep(limit: ONNX.depthLimit)) }
    for node in graph.nodes {
      try writer.message(1) { (writer) throws(ONNXError) in
        try self.node(node, &writer, depth: depth)
      }
    }
    writer.optional(2, graph.name)
    for (name, constant) in graph.constants {
      try writer.message(5) { (writer) throws(ONNXError) in
        try tensor(constant, named: name, mayLieBeside: true, &writer)
      }
    }
    for input in graph.inputs { try valueInfo(input, field: 11, &writer) }
    for output in graph.outputs { try valueInfo(output, field: 12, &writer) }
    for (name, value) in graph.values { try valueInfo(value, named: name, field: 13, &writer) }
    writer.fields(graph.unknownFields)
  }

  mutating func node(_ node: Node, _ writer: inout WireWriter, depth: Int) throws(ONNXError) {
    for input in node.inputs { writer.string(1, input) }
    for output in node.outputs { writer.string(2, output) }
    writer.optional(3, node.name)
    writer.string(4, node.op)
    try attributes(node.attributes, node.unknownAttributeFields, field: 5, &writer, depth: depth)
    writer.optional(7, node.domain)
    writer.optional(8, node.overload)
    writer.fields(node.unknownFields)
  }

  private mutating func function(
    _ function: Function,
    _ writer: inout WireWriter
  ) throws(ONNXError) {
    writer.string(1, function.name)
    for input in function.inputs { writer.string(4, input) }
    for output in function.outputs { writer.string(5, output) }
    for attribute in function.attributes { writer.string(6, attribute) }
    for node in function.nodes {
      try writer.message(7) { (writer) throws(ONNXError) in
        try self.node(node, &writer, depth: 0)
      }
    }
    try opsets(function.opsets, field: 9, &writer)
    writer.string(10, function.domain)
    try attributes(
      function.defaults,
      function.unknownDefaultFields,
      field: 11,
      &writer,
      depth: 0
    )
    for (name, value) in function.values { try valueInfo(value, named: name, field: 12, &writer) }
    writer.optional(13, function.overload)
    writer.fields(function.unknownFields)
  }

  private func opsets(
    _ opsets: NamedTable<Int>,
    field: Int,
    _ writer: inout WireWriter
  ) throws(ONNXError) {
    for (domain, version) in opsets {
      try writer.message(field) { writer in
        writer.string(1, domain)
        writer.int(2, version)
      }
    }
  }

  func valueInfo(
    _ info: ValueInfo,
    named name: String? = nil,
    field: Int,
    _ writer: inout WireWriter
  ) throws(ONNXError) {
    try writer.message(field) { (writer) throws(ONNXError) in
      writer.string(1, name ?? info.name)
      if saysMore(info) {
        writer.data(2, info.otherType)
      } else if info.type.element != nil || info.type.shape != nil {
        try writer.message(2) { (writer) throws(ONNXError) in
          try tensorType(info.type, &writer)
        }
      }
      writer.fields(info.unknownFields)
    }
  }

  /// True where the type's bytes that were read still mean `info.type`.
  private func saysMore(_ info: ValueInfo) -> Bool {
    guard !info.otherType.isEmpty else { return false }
    return unsafe info.otherType.withUnsafeBytes { memory in
      guard let reader = unsafe WireReader(memory, message: "TypeProto") else { return false }
      let decoder = ONNXDecoder(source: Bytes(), files: ExternalFiles(folder: nil))
      return (try? decoder.type(reader))?.0 == info.type
    }
  }

  private func tensorType(_ type: ValueType, _ writer: inout WireWriter) throws(ONNXError) {
    try writer.message(1) { (writer) throws(ONNXError) in
      if let element = type.element { writer.int(1, Int(element.rawValue)) }
      guard let shape = type.shape else { return }
      try writer.message(2) { (writer) throws(ONNXError) in
        for dimension in shape.dimensions {
          try writer.message(1) { writer in
            switch dimension {
            case .known(let size): writer.int(1, size)
            case .symbolic(let name): writer.string(2, name)
            case .unknown: break
            }
          }
        }
      }
    }
  }

  /// The place of weights in the file beside the model; nil where they stay inside.
  mutating func placeBeside(_ bytes: Bytes) -> (file: String, offset: Int)? {
    guard let dataFile, bytes.count >= Self.smallestBeside else { return nil }
    // Pages for what is worth mapping by itself, cache lines for the rest.
    let alignment = bytes.count >= 1 << 16 ? 4096 : 64
    let offset = (dataEnd + alignment - 1) / alignment * alignment
    dataEnd = offset + bytes.count
    besides.append((offset, bytes))
    return (dataFile, offset)
  }
}
