import Graphs
import Operators
import Testing

/// What no opset of ONNX says is refused on export, before a runtime refuses the file.
struct RefusedExportTests {
  private let operators = OperatorSet.standard

  private func graph(_ node: Node, constants: NamedTable<Constant> = [:]) -> Graph {
    Graph(
      nodes: [node],
      inputs: [ValueInfo("x", .float32, [1, 4, 6, 6])],
      outputs: node.outputs.filter { !$0.isEmpty }.map {
        ValueInfo($0, type: ValueType(element: nil, shape: nil))
      },
      constants: constants,
      model: ModelInfo(opsets: ["": 20], fileOpset: 20, irVersion: 9)
    )
  }

  private func refusal(_ node: Node) throws -> String {
    let error = #expect(throws: OperatorError.self) { try operators.exported(graph(node)) }
    return "\(try #require(error))"
  }

  @Test func `a domain that the file does not import is named`() throws {
    let node = Node("Fancy", name: "f", domain: "org.example", inputs: ["x"], outputs: ["y"])
    #expect(
      try refusal(node).contains("'f': domain 'org.example' is not among the file's opset imports")
    )
    var whole = graph(node)
    whole.model.opsets["org.example"] = 1
    #expect(try operators.exported(whole).nodes[0].domain == "org.example")
  }

  @Test(arguments: [
    ("RandomNormal", "dtype", ElementType.int32), ("EyeLike", "dtype", .string),
    ("RandomNormalLike", "dtype", .bool), ("Cast", "to", .complex64),
    ("SequenceEmpty", "dtype", .bfloat16),
  ])
  func `a type that an operator does not give is refused where an attribute states it`(
    op: String,
    key: String,
    type: ElementType
  ) throws {
    let node = Node(
      op,
      inputs: ["RandomNormal", "SequenceEmpty"].contains(op) ? [] : ["x"],
      outputs: ["y"],
      attributes: op == "RandomNormal"
        ? ["shape": .ints([2]), key: .int(Int(type.rawValue))] : [key: .int(Int(type.rawValue))]
    )
    #expect(try refusal(node).contains("\(type)"))
  }

  @Test func `branches return as many values as their node gives`() throws {
    let branch = Graph(
      nodes: [Node("Relu", inputs: ["x"], outputs: ["r"])],
      inputs: [],
      outputs: [ValueInfo("r")]
    )
    var node = Node(
      "If",
      inputs: ["c"],
      outputs: ["y", "z"],
      attributes: ["then_branch": .graph(branch), "else_branch": .graph(branch)]
    )
    var whole = graph(node)
    whole.inputs.append(ValueInfo("c", .bool, []))
    let error = #expect(throws: OperatorError.self) { try operators.exported(whole) }
    #expect("\(try #require(error))".contains("'then_branch' returns 1 values where 2 are wanted"))
    node.outputs = ["y"]
    whole.nodes = [node]
    whole.outputs.removeLast()
    #expect(try operators.exported(whole).nodes.count == 1)
  }

  @Test
  func
    `an output of another type than the graph states is named, whatever the version that makes it`()
    throws
  {
    // Dropout's mask was of the input's type below 10, and is bool since.
    let node = Node("Dropout", inputs: ["x"], outputs: ["y", "mask"])
    var old = graph(node)
    (old.model.opset, old.model.fileOpset) = (7, 7)
    old.outputs = [ValueInfo("y"), ValueInfo("mask")]
    let error = #expect(throws: OperatorError.self) { try operators.exported(old, opset: 10) }
    #expect(
      "\(try #require(error))".contains("'mask' is stated as float32, and opset 10 makes it bool")
    )
  }

  @Test func `an output that is left out and that ONNX wants gets a name`() throws {
    let node = Node(
      "TopK",
      inputs: ["x", "k"],
      outputs: ["", "places"],
      attributes: ["axis": .int(1)]
    )
    let written = try operators.exported(graph(node, constants: ["k": Constant([2])]))
    #expect(written.nodes[0].outputs == ["TopK_0", "places"])
  }

  @Test func `names that are made in branches are made once in a file`() throws {
    let constants: NamedTable<Constant> = ["k": Constant([2])]
    func topK(_ places: String) -> Node {
      Node("TopK", inputs: ["x", "k"], outputs: ["", places], attributes: ["axis": .int(1)])
    }
    func branch(_ places: String) -> Attribute {
      .graph(Graph(nodes: [topK(places)], inputs: [], outputs: [ValueInfo(places, .int64)]))
    }
    var whole = graph(topK("first"), constants: constants)
    whole.inputs.append(ValueInfo("c", .bool, []))
    let attributes: NamedTable<Attribute> = [
      "then_branch": branch("a"), "else_branch": branch("b"),
    ]
    whole.nodes.append(Node("If", inputs: ["c"], outputs: ["y"], attributes: attributes))
    whole.nodes.append(topK("last"))
    let written = try operators.exported(whole)
    let inside = written.nodes.flatMap(\.subgraphs).flatMap { $0.1.nodes }
    let names = (written.nodes + inside).filter { $0.op == "TopK" }.map { $0.outputs[0] }
    #expect(names.count == 4 && Set(names).count == 4, "\(names)")
  }

  @Test func `types are known to the schema where a rule gives up`() throws {
    // Sizes do not fit, so no rule tells what 'a' is; Clip's bounds must be of its type all the same.
    let nodes = [
      Node("Concat", inputs: ["x", "bad"], outputs: ["a"], attributes: ["axis": .int(1)]),
      Node("Clip", inputs: ["a", "low"], outputs: ["y"]),
    ]
    var whole = graph(nodes[1], constants: ["low": Constant(scalar: 0)])
    whole.nodes = nodes
    whole.constants["bad"] = Constant([1, 2] as [Float], shape: [2])
    let error = #expect(throws: OperatorError.self) { try operators.exported(whole, opset: 20) }
    #expect("\(try #require(error))".contains("is int64 where others of the same type are float32"))
  }
}
