import Graphs
import Testing

struct GraphVerificationTests {
  private static func relu(_ input: String, _ output: String, name: String = "") -> Node {
    Node("Relu", name: name, inputs: [input], outputs: [output])
  }

  private static let sound = Graph(
    nodes: [relu("x", "y", name: "a"), relu("y", "z", name: "b")],
    inputs: [ValueInfo("x")],
    outputs: [ValueInfo("z")],
    constants: ["w": Constant([1, 2], shape: [2])]
  )

  @Test func `a sound graph passes`() throws {
    try Self.sound.verify()
  }

  private static let broken: [(GraphError, @Sendable (inout Graph) -> Void)] = [
    (.danglingInput("y", node: "Relu 'b'"), { $0.nodes.swapAt(0, 1) }),
    (.duplicateValue("y", node: "Relu 'b'"), { $0.nodes[1].outputs = ["y"] }),
    (.duplicateValue("x", node: "Relu 'a'"), { $0.nodes[0].outputs = ["x"] }),
    (.duplicateNode("a"), { $0.nodes[1].name = "a" }),
    (.missingOutput("q"), { $0.outputs.append(ValueInfo("q")) }),
    (.duplicateOutput("z"), { $0.outputs.append(ValueInfo("z")) }),
    (.duplicateInput("x"), { $0.inputs.append(ValueInfo("x")) }),
    (
      .wrongByteCount(constant: "w", expected: 12, found: 8),
      { $0.constants["w"]?.shape = [3] }
    ),
    (
      .wrongByteCount(constant: "w", expected: nil, found: 8),
      { $0.constants["w"]?.shape = [Int.max, 2] }
    ),
    (
      .wrongByteCount(constant: "Relu 'a'", expected: 4, found: 0),
      { $0.nodes[0].attributes["t"] = .tensor(Constant([], shape: [1])) }
    ),
    (
      .wrongStringCount(constant: "s", expected: 2, found: 1),
      { $0.constants["s"] = Constant(strings: [[]], shape: [2]) }
    ),
    (
      .negativeSize(constant: "w", shape: [-2, -1]),
      { $0.constants["w"]?.shape = [-2, -1] }
    ),
    (
      .duplicateFunction("f"),
      {
        let function = Function("f", domain: "d", inputs: [], outputs: [], nodes: [], opsets: [:])
        $0.model.functions = [function, function]
      }
    ),
    (
      .danglingInput("q", node: "Relu making 'r'"),
      {
        let branch = Graph(nodes: [relu("q", "r")], outputs: [ValueInfo("r")])
        $0.nodes[0].attributes["then_branch"] = .graph(branch)
      }
    ),
  ]

  @Test(arguments: broken.indices)
  func `every rule has its error`(index: Int) {
    let (expected, change) = Self.broken[index]
    var graph = Self.sound
    change(&graph)
    #expect(throws: expected) { try graph.verify() }
    #expect(!expected.description.isEmpty)
  }

  @Test func `branches read what stands before their node, and only that`() throws {
    var graph = Self.sound
    graph.nodes[1].attributes["then_branch"] = .graph(
      Graph(nodes: [Self.relu("y", "inner")], outputs: [ValueInfo("inner"), ValueInfo("x")])
    )
    try graph.verify()
    graph.nodes[1].attributes["then_branch"] = .graph(
      Graph(nodes: [Self.relu("z", "inner")], outputs: [])
    )
    #expect(throws: GraphError.danglingInput("z", node: "Relu making 'inner'")) {
      try graph.verify()
    }
  }

  @Test func `inputs and outputs left out are no values`() throws {
    var graph = Self.sound
    graph.nodes[0].inputs.append("")
    graph.nodes[0].outputs += ["", ""]
    try graph.verify()
  }

  @Test func `an initialiser may be an input as well`() throws {
    var graph = Self.sound
    graph.inputs.append(ValueInfo("w"))
    try graph.verify()
    #expect(graph.requiredInputs.map(\.name) == ["x"])
  }
}
