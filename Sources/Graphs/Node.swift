/// One application of an operator.
public struct Node: Sendable, Hashable {
  /// The node's name; may be empty in files, never in a graph that ``Graph/named()`` returned.
  public var name: String
  /// The operator, such as `Conv`.
  public var op: String
  /// The operator's domain; empty for ONNX's own.
  public var domain: String
  /// Names of the values read, in the operator's order; an empty name is an input left out.
  public var inputs: [String]
  /// Names of the values made; an empty name is an output that nobody wants.
  public var outputs: [String]
  /// The attributes that are set.
  public var attributes: NamedTable<Attribute>
  /// The overload of a model-local function; mostly empty.
  public var overload: String
  /// Documentation, metadata and fields that this version does not know, as they were read.
  public var unknownFields: [UInt8]
  /// For an attribute by name, its documentation and fields that this version does not know, as they were read.
  public var unknownAttributeFields: NamedTable<[UInt8]>

  /// A node of ONNX's own domain unless `domain` says otherwise.
  public init(
    _ op: String,
    name: String = "",
    domain: String = "",
    inputs: [String],
    outputs: [String],
    attributes: NamedTable<Attribute> = [:],
    overload: String = "",
    unknownFields: [UInt8] = [],
    unknownAttributeFields: NamedTable<[UInt8]> = [:]
  ) {
    self.op = op
    self.name = name
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.overload = overload
    self.unknownFields = unknownFields
    self.unknownAttributeFields = unknownAttributeFields
  }

  /// The name of input `index`, or nil where it is left out.
  public func input(_ index: Int) -> String? {
    guard inputs.indices.contains(index), !inputs[index].isEmpty else { return nil }
    return inputs[index]
  }

  /// The name of output `index`, or nil where nobody wants it.
  public func output(_ index: Int) -> String? {
    guard outputs.indices.contains(index), !outputs[index].isEmpty else { return nil }
    return outputs[index]
  }
}

extension Node {
  /// An integer attribute, or `fallback` where it is not set or of another kind.
  public func int(_ name: String, default fallback: Int) -> Int { int(name) ?? fallback }

  /// An integer attribute.
  public func int(_ name: String) -> Int? {
    guard case .int(let value) = attributes[name] else { return nil }
    return value
  }

  /// A float attribute, or `fallback` where it is not set or of another kind.
  public func float(_ name: String, default fallback: Float) -> Float { float(name) ?? fallback }

  /// A float attribute.
  public func float(_ name: String) -> Float? {
    guard case .float(let value) = attributes[name] else { return nil }
    return value
  }

  /// A string attribute, or `fallback` where it is not set or of another kind.
  public func string(_ name: String, default fallback: String) -> String {
    string(name) ?? fallback
  }

  /// A string attribute, its bytes read as UTF-8.
  public func string(_ name: String) -> String? {
    guard case .string(let value) = attributes[name] else { return nil }
    return String(decoding: value, as: UTF8.self)
  }

  /// A list of integers.
  public func ints(_ name: String) -> [Int]? {
    guard case .ints(let value) = attributes[name] else { return nil }
    return value
  }

  /// A list of floats.
  public func floats(_ name: String) -> [Float]? {
    guard case .floats(let value) = attributes[name] else { return nil }
    return value
  }

  /// A tensor attribute.
  public func tensor(_ name: String) -> Constant? {
    guard case .tensor(let value) = attributes[name] else { return nil }
    return value
  }

  /// A graph attribute, such as a branch of `If`.
  public func graph(_ name: String) -> Graph? {
    guard case .graph(let value) = attributes[name] else { return nil }
    return value
  }

  /// The graphs in the node's attributes, by attribute name.
  public var subgraphs: [(name: String, graph: Graph)] {
    attributes.flatMap { name, value -> [(name: String, graph: Graph)] in
      switch value {
      case .graph(let graph): [(name, graph)]
      case .graphs(let graphs): graphs.map { (name, $0) }
      default: []
      }
    }
  }

  /// How messages name the node: its name and operator, or its first output where it has no name.
  public var label: String {
    name.isEmpty ? "\(op) making '\(outputs.first ?? "")'" : "\(op) '\(name)'"
  }
}
