/// A network as ONNX has it: nodes in order of execution, values by name, constants as bytes.
///
/// A graph is a plain value. Changing a copy leaves the original as it was, and weights that were mapped
/// from a file stay there until they are changed. ``verify()`` holds every rule that a graph obeys.
public struct Graph: Sendable, Hashable {
  /// The graph's name.
  public var name: String
  /// The nodes; each reads only what stands before it.
  public var nodes: [Node]
  /// What the caller gives; a name that is also in ``constants`` is an input with a default.
  public var inputs: [ValueInfo]
  /// What the graph returns.
  public var outputs: [ValueInfo]
  /// The initialisers, by name.
  public var constants: NamedTable<Constant>
  /// Types of values inside, where the file states them; they are hints and may be absent.
  public var values: NamedTable<ValueInfo>
  /// What belongs to the model as a whole; a branch of `If` leaves it empty.
  public var model: ModelInfo
  /// Documentation, quantization annotations and fields that this version does not know, as they were read.
  public var unknownFields: [UInt8]

  /// A graph of the parts given.
  public init(
    name: String = "graph",
    nodes: [Node] = [],
    inputs: [ValueInfo] = [],
    outputs: [ValueInfo] = [],
    constants: NamedTable<Constant> = [:],
    values: NamedTable<ValueInfo> = [:],
    model: ModelInfo = ModelInfo(),
    unknownFields: [UInt8] = []
  ) {
    self.name = name
    self.nodes = nodes
    self.inputs = inputs
    self.outputs = outputs
    self.constants = constants
    self.values = values
    self.model = model
    self.unknownFields = unknownFields
  }

  /// The inputs that have no default, in order: what a caller must give.
  public var requiredInputs: [ValueInfo] { inputs.filter { constants[$0.name] == nil } }
}

/// What a model file says beside its graph.
public struct ModelInfo: Sendable, Hashable {
  /// The version of ONNX's own operators, and of other domains, by domain.
  public var opsets: NamedTable<Int>
  /// The version of ONNX's own operators in the file that the graph was read from; 0 for a graph that was built.
  ///
  /// Whoever reads a file to write it again states it, and an export keeps the opset where it can.
  public var fileOpset: Int
  /// ONNX's file format version.
  public var irVersion: Int
  /// The program that wrote the model.
  public var producer: String
  /// That program's version.
  public var producerVersion: String
  /// Free text by key.
  public var metadata: NamedTable<String>
  /// Operators that the model defines itself.
  public var functions: [Function]
  /// Domain, model version, documentation and fields that this version does not know, as they were read.
  public var unknownFields: [UInt8]

  /// A model's information.
  public init(
    opsets: NamedTable<Int> = [:],
    fileOpset: Int = 0,
    irVersion: Int = 0,
    producer: String = "",
    producerVersion: String = "",
    metadata: NamedTable<String> = [:],
    functions: [Function] = [],
    unknownFields: [UInt8] = []
  ) {
    self.opsets = opsets
    self.fileOpset = fileOpset
    self.irVersion = irVersion
    self.producer = producer
    self.producerVersion = producerVersion
    self.metadata = metadata
    self.functions = functions
    self.unknownFields = unknownFields
  }

  /// The version of ONNX's own operators; 0 where none is stated.
  public var opset: Int {
    get { opsets[""] ?? opsets["ai.onnx"] ?? 0 }
    set {
      opsets["ai.onnx"] = nil
      opsets[""] = newValue
    }
  }
}

/// An operator that a model defines by a graph of others.
public struct Function: Sendable, Hashable {
  /// The operator's name.
  public var name: String
  /// Its domain.
  public var domain: String
  /// Which of several functions of one name; mostly empty.
  public var overload: String
  /// Names of the values that a call's inputs are bound to.
  public var inputs: [String]
  /// Names of the values that a call returns.
  public var outputs: [String]
  /// Attributes that a call may set and that have no default.
  public var attributes: [String]
  /// Attributes that a call may set, with their defaults.
  public var defaults: NamedTable<Attribute>
  /// The body.
  public var nodes: [Node]
  /// The versions of operators that the body is written in, by domain.
  public var opsets: NamedTable<Int>
  /// Types of values in the body, where the file states them.
  public var values: NamedTable<ValueInfo>
  /// Documentation, metadata and fields that this version does not know, as they were read.
  public var unknownFields: [UInt8]
  /// For a default by name, its documentation and fields that this version does not know, as they were read.
  public var unknownDefaultFields: NamedTable<[UInt8]>

  /// A function of the parts given.
  public init(
    _ name: String,
    domain: String,
    overload: String = "",
    inputs: [String],
    outputs: [String],
    attributes: [String] = [],
    defaults: NamedTable<Attribute> = [:],
    nodes: [Node],
    opsets: NamedTable<Int>,
    values: NamedTable<ValueInfo> = [:],
    unknownFields: [UInt8] = [],
    unknownDefaultFields: NamedTable<[UInt8]> = [:]
  ) {
    self.name = name
    self.domain = domain
    self.overload = overload
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.defaults = defaults
    self.nodes = nodes
    self.opsets = opsets
    self.values = values
    self.unknownFields = unknownFields
    self.unknownDefaultFields = unknownDefaultFields
  }
}
