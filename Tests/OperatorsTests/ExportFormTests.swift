import Graphs
import ModelFormats
import Operators
import TestSupport
import Testing

/// What a file is written as: its own opset where that can say it, in forms that ONNX's schemas have.
struct ExportFormTests {
  private let operators = OperatorSet.standard

  /// A network of one node between an input of 1×4×6×6 and an output, in an opset.
  private func graph(
    _ node: Node,
    opset: Int,
    element: ElementType = .float32,
    shape: Shape = [1, 4, 6, 6],
    constants: NamedTable<Constant> = [:],
    outputs: [ValueInfo] = [ValueInfo("y")]
  ) -> Graph {
    var graph = Graph(
      nodes: [node],
      inputs: [ValueInfo("x", element, shape)],
      outputs: outputs,
      constants: constants,
      model: ModelInfo(opsets: ["": opset], fileOpset: opset, irVersion: 8)
    )
    let facts = (try? operators.normalized(graph)).flatMap {
      try? GraphFacts($0, operators: operators)
    }
    for index in outputs.indices {
      graph.outputs[index].type.element = facts?[outputs[index].name].element
    }
    return graph
  }

  /// Nodes that exporters write, each in an opset that has its form.
  private static let written: [(Node, opset: Int, NamedTable<Constant>, outputs: Int)] = [
    (
      Node("Split", inputs: ["x", "s"], outputs: ["y", "z"], attributes: ["axis": .int(1)]), 17,
      ["s": Constant([1, 3])], 2
    ),
    (Node("Split", inputs: ["x"], outputs: ["y", "z"], attributes: ["axis": .int(1)]), 13, [:], 2),
    (
      Node(
        "Split",
        inputs: ["x"],
        outputs: ["y", "z"],
        attributes: ["axis": .int(1), "split": .ints([1, 3])]
      ), 11, [:], 2
    ),
    (Node("Shape", inputs: ["x"], outputs: ["y"]), 9, [:], 1),
    (
      Node("Pad", inputs: ["x", "p"], outputs: ["y"]), 11,
      ["p": Constant([0, 0, 1, 1, 0, 0, 1, 1])], 1
    ),
    (
      Node(
        "Pad",
        inputs: ["x"],
        outputs: ["y"],
        attributes: ["pads": .ints([0, 0, 1, 1, 0, 0, 1, 1])]
      ), 9, [:], 1
    ),
    (
      Node(
        "Resize",
        inputs: ["x", "", "s"],
        outputs: ["y"],
        attributes: ["mode": .text("nearest")]
      ), 13, ["s": Constant([1, 1, 2, 2] as [Float], shape: [4])], 1
    ),
    (
      Node(
        "Resize",
        inputs: ["x", "e", "e", "s"],
        outputs: ["y"],
        attributes: ["mode": .text("nearest")]
      ), 11, ["e": Constant([Float](), shape: [0]), "s": Constant([1, 4, 12, 12])], 1
    ),
    (
      Node("Resize", inputs: ["x", "s"], outputs: ["y"]), 10,
      ["s": Constant([1, 1, 2, 2] as [Float], shape: [4])], 1
    ),
    (
      Node("Upsample", inputs: ["x", "s"], outputs: ["y"]), 9,
      ["s": Constant([1, 1, 2, 2] as [Float], shape: [4])], 1
    ),
    (
      Node(
        "Upsample",
        inputs: ["x"],
        outputs: ["y"],
        attributes: ["scales": .floats([1, 1, 2, 2])]
      ), 7, [:], 1
    ),
    (
      Node(
        "ReduceMax",
        inputs: ["x"],
        outputs: ["y"],
        attributes: ["axes": .ints([1]), "keepdims": .int(0)]
      ), 17, [:], 1
    ),
    (
      Node("ReduceSum", inputs: ["x"], outputs: ["y"], attributes: ["axes": .ints([-1])]), 11, [:],
      1
    ),
    (Node("Squeeze", inputs: ["x"], outputs: ["y"], attributes: ["axes": .ints([0])]), 9, [:], 1),
    (
      Node("Unsqueeze", inputs: ["x"], outputs: ["y"], attributes: ["axes": .ints([0, 5])]), 7, [:],
      1
    ),
    (
      Node(
        "AveragePool",
        inputs: ["x"],
        outputs: ["y"],
        attributes: ["kernel_shape": .ints([2, 2]), "ceil_mode": .int(1)]
      ), 13, [:], 1
    ),
    (
      Node("MaxPool", inputs: ["x"], outputs: ["y"], attributes: ["kernel_shape": .ints([2, 2])]),
      7, [:], 1
    ),
    (
      Node(
        "Clip",
        inputs: ["x"],
        outputs: ["y"],
        attributes: ["min": .float(0), "max": .float(6)]
      ), 7, [:], 1
    ),
    (
      Node(
        "Slice",
        inputs: ["x"],
        outputs: ["y"],
        attributes: ["starts": .ints([1]), "ends": .ints([3]), "axes": .ints([1])]
      ), 9, [:], 1
    ),
    (Node("Softmax", inputs: ["x"], outputs: ["y"], attributes: ["axis": .int(3)]), 9, [:], 1),
    (Node("Softmax", inputs: ["x"], outputs: ["y"], attributes: ["axis": .int(1)]), 13, [:], 1),
    (
      Node(
        "TopK",
        inputs: ["x"],
        outputs: ["y", "z"],
        attributes: ["k": .int(2), "axis": .int(1)]
      ), 9, [:], 2
    ),
    (
      Node("Dropout", inputs: ["x"], outputs: ["y"], attributes: ["ratio": .float(0.25)]), 7, [:], 1
    ),
    (
      Node(
        "GridSample",
        inputs: ["x", "g"],
        outputs: ["y"],
        attributes: ["mode": .text("bilinear")]
      ), 16, ["g": Constant([Float](repeating: 0, count: 8), shape: [1, 2, 2, 2])], 1
    ),
    (
      Node("Reshape", inputs: ["x", "s"], outputs: ["y"], attributes: ["allowzero": .int(1)]), 14,
      ["s": Constant([1, -1])], 1
    ),
    (Node("Flatten", inputs: ["x"], outputs: ["y"], attributes: ["axis": .int(-2)]), 11, [:], 1),
    (
      Node("Mod", inputs: ["x", "m"], outputs: ["y"], attributes: ["fmod": .int(1)]), 10,
      ["m": Constant([2 as Float], shape: [1])], 1
    ),
  ]

  private func writtenGraph(_ index: Int) -> Graph {
    let (node, opset, constants, count) = Self.written[index]
    let outputs = (["y", "z"].prefix(count)).map { ValueInfo($0) }
    return graph(node, opset: opset, constants: constants, outputs: outputs)
  }

  @Test(arguments: written.indices)
  func `a file keeps its opset, and what is written has the same operators`(index: Int) throws {
    let normal = try operators.normalized(writtenGraph(index))
    let again = try operators.exported(normal)
    #expect(again.model.opset == Self.written[index].opset)
    #expect(try operators.normalized(again).nodes.map(\.op) == normal.nodes.map(\.op))
  }

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"), arguments: written.indices)
  func `onnx takes what is written, and ONNX Runtime gives the same as for the file`(
    index: Int
  ) throws {
    let source = writtenGraph(index)
    try checkByONNX(try operators.exported(operators.normalized(source)), against: source)
  }

  /// onnx.checker takes what was written, and ONNX Runtime gives the same for both, bit for bit.
  private func checkByONNX(_ written: Graph, against source: Graph) throws {
    let folder = try ScratchFolder()
    var (a, b) = (source, written)
    // The checker wants outputs with a type and a rank.
    let facts = try GraphFacts(operators.normalized(source), operators: operators)
    for index in a.outputs.indices {
      let known = facts[a.outputs[index].name]
      let shape = known.sizes.map { Shape($0.map { $0.map(Dimension.known) ?? .unknown }) }
      a.outputs[index].type = ValueType(element: known.element, shape: shape)
      b.outputs[index].type = a.outputs[index].type
    }
    try ONNX.write(a, to: folder.path("a.onnx"))
    try ONNX.write(b, to: folder.path("b.onnx"))
    let script = """
      import sys, numpy as np, onnx, onnxruntime as ort
      x = np.random.default_rng(0).standard_normal((1, 4, 6, 6)).astype(np.float32)
      results = []
      for path in sys.argv[1:]:
          onnx.checker.check_model(onnx.load(path), full_check=True)
          results.append(ort.InferenceSession(path).run(None, {"x": x}))
      for old, new in zip(*results):
          np.testing.assert_array_equal(old, new)
      """
    _ = try Python.run(script, [folder.path("a.onnx"), folder.path("b.onnx")])
  }

  @Test(arguments: [
    (ElementType.bool, 7, 7), (.int32, 7, 7), (.float32, 7, 11), (.float16, 7, 11),
    (.bfloat16, 7, 13),
  ])
  func `element types decide which opset an operator needs`(
    type: ElementType,
    file: Int,
    needed: Int
  ) throws {
    let node = Node("Equal", inputs: ["x", "x"], outputs: ["y"])
    #expect(try operators.exported(graph(node, opset: file, element: type)).model.opset == needed)
  }

  @Test func `what an opset cannot say names the node, the opset that can, and why`() throws {
    let node = Node(
      "Pad",
      name: "border",
      inputs: ["x", "p"],
      outputs: ["y"],
      attributes: ["mode": .text("wrap")]
    )
    let graph = graph(node, opset: 20, constants: ["p": Constant([0, 0, 1, 1, 0, 0, 1, 1])])
    #expect(try operators.exported(graph).model.opset == 20)
    let error = #expect(throws: OperatorError.self) { try operators.exported(graph, opset: 17) }
    #expect("\(try #require(error))".contains("border"))
    #expect("\(try #require(error))".contains("opset 19 at least; 17 is asked for"))
  }

  @Test(arguments: ["", "TRT", "com.microsoft"])
  func `operators that ONNX does not know keep file, domain and opset`(domain: String) throws {
    let node = Node(
      "EfficientNMS_TRT",
      domain: domain,
      inputs: ["x"],
      outputs: ["y"],
      attributes: ["score": .float(0.2)]
    )
    var graph = graph(node, opset: 12)
    if !domain.isEmpty { graph.model.opsets[domain] = 1 }
    let written = try operators.exported(operators.normalized(graph))
    #expect(written.model.opset == 12)
    #expect(written.model.opsets[domain] == (domain.isEmpty ? 12 : 1))
    #expect(written.nodes[0].attributes == node.attributes)
    #expect(written.nodes[0].domain == domain)
  }

  @Test
  func `a negative axis is counted from the front where the opset cannot count from the back`()
    throws
  {
    let node = Node("Flatten", inputs: ["x"], outputs: ["y"], attributes: ["axis": .int(-1)])
    let written = try operators.exported(graph(node, opset: 18), opset: 9)
    #expect(written.nodes[0].int("axis") == 3)
  }

  @Test
  func `constants that nothing reads are left out, and those that are returned are made by a node`()
    throws
  {
    var graph = graph(Node("Relu", inputs: ["x"], outputs: ["y"]), opset: 17)
    graph.constants["dead"] = Constant([1])
    graph.constants["live"] = Constant([2])
    graph.outputs.append(ValueInfo("live", .int64, [1]))
    let written = try operators.exported(graph)
    #expect(written.constants["dead"] == nil)
    #expect(written.nodes.contains { $0.op == "Identity" && $0.outputs == ["live"] })
    try written.verify()
  }

  @Test func `a tensor's own name in a Constant node does not become the value's`() throws {
    var tensor = Constant([1.5] as [Float], shape: [1])
    tensor.unknownFields = [0x42, 1, UInt8(ascii: "t")]
    var graph = graph(Node("Add", inputs: ["x", "c"], outputs: ["y"]), opset: 17)
    graph.nodes.insert(
      Node("Constant", inputs: [], outputs: ["c"], attributes: ["value": .tensor(tensor)]),
      at: 0
    )
    let again = try ONNX.graph(from: ONNX.encode(operators.exported(operators.normalized(graph))))
    #expect(again.constants.names == ["c"])
  }

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"))
  func `the table of schemas is what its script writes`() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let process = try Subprocess.run(
      Python.interpreter ?? "",
      ["/\(root)/scripts/onnx-schemas.py", "--check"]
    )
    #expect(process.status == 0, "\(process.errors)")
  }
}
