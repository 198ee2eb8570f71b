import Graphs

/// Builds a small graph by choices: mostly a valid one, with a fault here and there.
struct Forge {
  private var choices: Choices
  private var graph = Graph()
  /// Values that a node may read, with their types.
  private var pool: [(name: String, type: ElementType)] = []
  /// What nodes make whose type is not known here.
  private var untyped: [String] = []
  private var count = 0

  private static let dtypes = ["to", "dtype", "output_dtype", "stash_type"]
  private static let words = [
    "", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "constant", "reflect", "edge", "wrap",
    "nearest", "linear", "cubic", "bilinear", "DCR", "CRD", "none", "add", "mul", "min", "max",
    "half_pixel", "asymmetric", "align_corners", "round_prefer_floor", "floor", "zeros", "border",
    "mean", "sum", "forward", "reverse", "bidirectional", "tanh", "left", "i,j->ij", "\u{e9}",
  ]

  init(_ bytes: [UInt8]) { choices = Choices(bytes) }

  /// The graph, at an opset from 7 to 22.
  mutating func forged() -> Graph {
    let opset = 7 + choices.below(16)
    graph.model.opset = opset
    if choices.oneIn(16) { graph.model.opsets["local"] = 1 }
    for _ in 0..<1 + choices.below(5) { addNode(opset) }
    addOutputs()
    mutate()
    return graph
  }

  private mutating func fresh(_ letter: String) -> String {
    count += 1
    return "\(letter)\(count)"
  }

  // MARK: Nodes

  private mutating func addNode(_ opset: Int) {
    let forms = choices.pick(Schema.table)
    let wanted = choices.oneIn(24) ? 7 + choices.below(16) : opset
    guard let schema = forms.last(where: { $0.opset <= wanted }) ?? forms.first else { return }
    guard !schema.inputs.contains(where: { $0.type == "?" && !$0.isOptional && !$0.isVariadic })
    else { return }
    var bound: [String: ElementType] = [:]
    let inputs = inputs(of: schema, &bound)
    let attributes = attributes(of: schema)
    let made = Self.dtypes.lazy.compactMap { name -> ElementType? in
      guard case .int(let code) = attributes[name] else { return nil }
      return Int32(exactly: code).flatMap(ElementType.init(rawValue:))
    }
    .first
    var outputs: [String] = []
    for formal in schema.outputs {
      if formal.isOptional, !choices.oneIn(3) { break }
      for _ in 0..<(formal.isVariadic ? 1 + choices.below(3) : 1) {
        let name = fresh("v")
        outputs.append(choices.oneIn(24) && !outputs.isEmpty ? "" : name)
        guard outputs.last == name, formal.type != "?" else { continue }
        if let type = bound[formal.type] ?? Self.stated(formal.type) {
          pool.append((name, type))
        } else if let made, schema.types[formal.type]?.contains(made) == true {
          pool.append((name, made))
        } else {
          untyped.append(name)
        }
      }
    }
    let domain = choices.oneIn(32) ? choices.pick(["ai.onnx", "local", "foreign"]) : ""
    graph.nodes.append(
      Node(
        schema.name,
        name: choices.oneIn(8) ? "" : fresh("n"),
        domain: domain,
        inputs: inputs,
        outputs: outputs,
        attributes: attributes
      )
    )
  }

  private static func stated(_ type: String) -> ElementType? {
    type.first == "#" ? Int32(type.dropFirst()).flatMap(ElementType.init(rawValue:)) : nil
  }

  private mutating func inputs(of schema: Schema, _ bound: inout [String: ElementType]) -> [String]
  {
    var names: [String] = []
    for formal in schema.inputs {
      // Most optional inputs are left out or empty; seldom a needed one.
      if formal.isOptional, formal.type == "?" || !choices.oneIn(2) {
        names.append("")
        continue
      }
      if choices.oneIn(64) {
        names.append("")
        continue
      }
      for _ in 0..<(formal.isVariadic ? 1 + choices.below(3) : 1) {
        let type = type(for: formal, of: schema, &bound)
        names.append(value(of: choices.oneIn(48) ? choices.pick(ElementType.allCases) : type))
      }
    }
    // An absent input at the end may stand there empty, or not at all.
    while names.last == "", !choices.oneIn(4) { names.removeLast() }
    if choices.oneIn(64) { names.append(value(of: .float32)) }
    return names
  }

  private mutating func type(
    for formal: Schema.Formal,
    of schema: Schema,
    _ bound: inout [String: ElementType]
  ) -> ElementType {
    if let type = bound[formal.type] ?? Self.stated(formal.type) { return type }
    let allowed = schema.types[formal.type] ?? [.float32]
    // float32 where it may be, so that nodes can be chained.
    let plain = allowed.contains(.float32) && !choices.oneIn(3)
    let type = plain ? .float32 : choices.pick(allowed)
    bound[formal.type] = type
    return type
  }

  private mutating func value(of type: ElementType) -> String {
    let known = pool.filter { $0.type == type }
    if !known.isEmpty, !choices.oneIn(3) {
      return known[choices.below(known.count)].name
    }
    if type != .string, choices.oneIn(2) {
      let name = fresh("c")
      graph.constants[name] = constant(type)
      pool.append((name, type))
      return name
    }
    let name = fresh("g")
    graph.inputs.append(ValueInfo(name, type, shape()))
    pool.append((name, type))
    return name
  }

  private mutating func shape() -> Shape {
    let rank = choices.pick([4, 1, 2, 3, 0, 5])
    return Shape((0..<rank).map { _ in choices.oneIn(3) ? .known(choices.below(4)) : .unknown })
  }

  private mutating func constant(_ type: ElementType) -> Constant {
    let shape = choices.pick([[1], [], [2], [0], [4], [2, 3], [1, 1, 1], [2, 1, 3, 3]])
    let count = type.byteCount(of: shape.reduce(1, *)) ?? 0
    let fill = UInt8(choices.below(4))
    return Constant(
      type: type,
      shape: shape,
      bytes: Bytes((0..<count).map { _ in type == .bool ? fill & 1 : fill })
    )
  }

  // MARK: Attributes

  private mutating func attributes(of schema: Schema) -> NamedTable<Attribute> {
    var result: NamedTable<Attribute> = [:]
    for setting in schema.attributes {
      let left = setting.isRequired ? choices.oneIn(32) : !choices.oneIn(3)
      if left { continue }
      let kind = choices.oneIn(64) ? 1 + choices.below(10) : setting.kind
      if let value = attribute(setting.name, kind: kind) { result[setting.name] = value }
    }
    if choices.oneIn(64) { result["unheard_of"] = .int(1) }
    return result
  }

  private mutating func attribute(_ name: String, kind: Int) -> Attribute? {
    switch kind {
    case 1: return .float(choices.pick([1, 0.5, 0, -1, .infinity]))
    case 2:
      let isType = Self.dtypes.contains(name) && !choices.oneIn(32)
      return .int(isType ? 1 + choices.below(24) : choices.below(12) - 3)
    case 3: return .text(choices.pick(Self.words))
    case 4: return .tensor(constant(choices.pick([.float32, .int64, .float16, .bool, .int8])))
    case 5: return .graph(branch())
    case 6: return .floats((0..<choices.below(4)).map { _ in choices.pick([1, 0.5, 2]) })
    case 7: return .ints((0..<choices.below(5)).map { _ in choices.below(6) - 1 })
    case 8:
      return .strings((0..<choices.below(3)).map { _ in [UInt8](choices.pick(Self.words).utf8) })
    default: return nil
    }
  }

  /// A graph without inputs that gives on a value of the graph around it: a branch of If.
  private mutating func branch() -> Graph {
    let type = choices.pick([ElementType.float32, .int64, .float16, .bool])
    let outer = value(of: type)
    let inner = fresh("v")
    return Graph(
      name: fresh("b"),
      nodes: [Node("Identity", name: fresh("n"), inputs: [outer], outputs: [inner])],
      outputs: [ValueInfo(inner, type, shape())]
    )
  }

  // MARK: Outputs and faults

  /// Mostly the sizes of what was made, which have one type and one rank whatever they are the sizes of.
  private mutating func addOutputs() {
    let constants = graph.constants
    let inputs = Set(graph.inputs.map(\.name))
    let made = pool.filter { constants[$0.name] == nil && !inputs.contains($0.name) }
    for (name, type) in made where choices.oneIn(6) {
      graph.outputs.append(ValueInfo(name, type, shape()))
    }
    let plain = Set(graph.outputs.map(\.name))
    for name in (made.map(\.name) + untyped).suffix(3) where !plain.contains(name) {
      let sizes = fresh("v")
      graph.nodes.append(Node("Shape", name: fresh("n"), inputs: [name], outputs: [sizes]))
      graph.outputs.append(ValueInfo(sizes, .int64, Shape([.unknown])))
    }
  }

  private mutating func mutate() {
    let count = graph.nodes.count
    guard count > 0, choices.oneIn(8) else { return }
    switch choices.below(6) {
    case 0: graph.nodes.swapAt(choices.below(count), choices.below(count))
    case 1: graph.nodes.append(graph.nodes[choices.below(count)])
    case 2: graph.nodes.remove(at: choices.below(count))
    case 3: if !graph.inputs.isEmpty { graph.inputs.removeLast() }
    case 4: if let last = graph.outputs.last { graph.outputs.append(last) }
    default:
      // A constant that is listed as an input, as files of the first versions have it.
      if let (name, constant) = graph.constants.first(where: { _ in true }) {
        let sizes = Shape(constant.shape.map { .known($0) })
        graph.inputs.append(ValueInfo(name, constant.type, sizes))
      }
    }
  }
}
