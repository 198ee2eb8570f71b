import Graphs

/// Turns the messages of an ONNX model into values.
///
/// Fields are named by their numbers in `onnx.proto`.
struct ONNXDecoder {
  /// The whole input, of which weights become slices.
  let source: Bytes
  /// Values in other files.
  var files: ExternalFiles

  mutating func model(_ message: WireReader) throws(ONNXError) -> Graph {
    var reader = message
    var graph: Graph?
    var model = ModelInfo()
    while let field = try reader.next() {
      switch field.number {
      case 1: model.irVersion = try reader.int(field)
      case 2: model.producer = try reader.string(field)
      case 3: model.producerVersion = try reader.string(field)
      case 7:
        guard graph == nil else { throw twice(field, in: reader) }
        graph = try self.graph(try reader.inner(field, "GraphProto"), depth: 0)
      case 8: try opset(field, of: &reader, into: &model.opsets, of: "the model")
      case 14: try metadata(field, of: &reader, into: &model)
      case 25: model.functions.append(try function(try reader.inner(field, "FunctionProto")))
      default: try reader.keep(field, in: &model.unknownFields)
      }
    }
    guard var graph else { throw .damaged(path: nil, offset: 0, .noGraph) }
    graph.model = model
    return graph
  }

  mutating func graph(_ message: WireReader, depth: Int) throws(ONNXError) -> Graph {
    var reader = message
    guard depth < ONNX.depthLimit else {
      throw reader.damage(at: reader.position, .tooDeep(limit: ONNX.depthLimit))
    }
    var graph = Graph(name: "")
    while let field = try reader.next() {
      switch field.number {
      case 1: graph.nodes.append(try node(try reader.inner(field, "NodeProto"), depth: depth))
      case 2: graph.name = try reader.string(field)
      case 5:
        let (name, constant) = try tensor(try reader.inner(field, "TensorProto"))
        guard graph.constants.insert(constant, named: name) else {
          throw duplicate("initializer", name, in: "the graph", at: field, of: reader)
        }
      case 11: graph.inputs.append(try valueInfo(try reader.inner(field, "ValueInfoProto")))
      case 12: graph.outputs.append(try valueInfo(try reader.inner(field, "ValueInfoProto")))
      case 13: try value(field, of: &reader, into: &graph.values)
      default: try reader.keep(field, in: &graph.unknownFields)
      }
    }
    return graph
  }

  mutating func node(_ message: WireReader, depth: Int) throws(ONNXError) -> Node {
    var reader = message
    var node = Node("", inputs: [], outputs: [])
    while let field = try reader.next() {
      switch field.number {
      case 1: node.inputs.append(try reader.string(field))
      case 2: node.outputs.append(try reader.string(field))
      case 3: node.name = try reader.string(field)
      case 4: node.op = try reader.string(field)
      case 5:
        let attribute = try attribute(try reader.inner(field, "AttributeProto"), depth: depth)
        guard node.attributes.insert(attribute.value, named: attribute.name) else {
          throw duplicate("attribute", attribute.name, in: node.label, at: field, of: reader)
        }
        if !attribute.unknownFields.isEmpty {
          node.unknownAttributeFields[attribute.name] = attribute.unknownFields
        }
      case 7: node.domain = try reader.string(field)
      case 8: node.overload = try reader.string(field)
      default: try reader.keep(field, in: &node.unknownFields)
      }
    }
    return node
  }

  private mutating func function(_ message: WireReader) throws(ONNXError) -> Function {
    var reader = message
    var function = Function("", domain: "", inputs: [], outputs: [], nodes: [], opsets: [:])
    while let field = try reader.next() {
      switch field.number {
      case 1: function.name = try reader.string(field)
      case 4: function.inputs.append(try reader.string(field))
      case 5: function.outputs.append(try reader.string(field))
      case 6: function.attributes.append(try reader.string(field))
      case 7: function.nodes.append(try node(try reader.inner(field, "NodeProto"), depth: 0))
      case 9: try opset(field, of: &reader, into: &function.opsets, of: "a function")
      case 10: function.domain = try reader.string(field)
      case 11:
        let attribute = try attribute(try reader.inner(field, "AttributeProto"), depth: 0)
        guard function.defaults.insert(attribute.value, named: attribute.name) else {
          throw duplicate(
            "attribute",
            attribute.name,
            in: "function '\(function.name)'",
            at: field,
            of: reader
          )
        }
        if !attribute.unknownFields.isEmpty {
          function.unknownDefaultFields[attribute.name] = attribute.unknownFields
        }
      case 12: try value(field, of: &reader, into: &function.values)
      case 13: function.overload = try reader.string(field)
      default: try reader.keep(field, in: &function.unknownFields)
      }
    }
    return function
  }

  private func opset(
    _ field: WireReader.Field,
    of reader: inout WireReader,
    into opsets: inout NamedTable<Int>,
    of owner: String
  ) throws(ONNXError) {
    var inner = try reader.inner(field, "OperatorSetIdProto")
    var domain = ""
    var version = 0
    while let field = try inner.next() {
      switch field.number {
      case 1: domain = try inner.string(field)
      case 2: version = try inner.int(field)
      default: try inner.skip(field)
      }
    }
    guard opsets.insert(version, named: domain) else {
      throw duplicate("opset import", domain, in: owner, at: field, of: reader)
    }
  }

  /// Takes an entry of the metadata; one that repeats a key or says more than key and value is kept as it is.
  private func metadata(
    _ field: WireReader.Field,
    of reader: inout WireReader,
    into model: inout ModelInfo
  ) throws(ONNXError) {
    let start = reader
    let entry = try entry(try reader.inner(field, "StringStringEntryProto"))
    if entry.isPlain, model.metadata.insert(entry.value, named: entry.key) { return }
    reader = start
    try reader.keep(field, in: &model.unknownFields)
  }

  /// A key with its value, and whether the message says no more than that.
  func entry(
    _ message: WireReader
  ) throws(ONNXError) -> (key: String, value: String, isPlain: Bool) {
    var reader = message
    var result = (key: "", value: "", isPlain: true)
    while let field = try reader.next() {
      switch field.number {
      case 1: result.key = try reader.string(field)
      case 2: result.value = try reader.string(field)
      default:
        result.isPlain = false
        try reader.skip(field)
      }
    }
    return result
  }

  /// Takes a stated type; a second one of the same value is left out, being a hint that says the same.
  private mutating func value(
    _ field: WireReader.Field,
    of reader: inout WireReader,
    into values: inout NamedTable<ValueInfo>
  ) throws(ONNXError) {
    let info = try valueInfo(try reader.inner(field, "ValueInfoProto"))
    _ = values.insert(info, named: info.name)
  }

  func twice(_ field: WireReader.Field, in reader: WireReader) -> ONNXError {
    reader.damage(
      at: field.start,
      .repeatedMessage(message: "\(reader.message)", field: field.number)
    )
  }

  private func duplicate(
    _ kind: String,
    _ name: String,
    in owner: String,
    at field: WireReader.Field,
    of reader: WireReader
  ) -> ONNXError {
    reader.damage(at: field.start, .duplicate(kind: kind, name: name, inside: owner))
  }
}
