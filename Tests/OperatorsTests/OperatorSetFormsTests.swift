import Graphs
import ModelFormats
import Operators
import Tensors
import TestSupport
import Testing

struct OperatorSetFormsTests {
  let operators = OperatorSet.standard

  /// y = scale · x + 1, where `scale` is an attribute, written in opset 11 and calling another function.
  private var model: Graph {
    let plusOne = Function(
      "PlusOne",
      domain: "local",
      inputs: ["a"],
      outputs: ["r"],
      nodes: [
        Node("Constant", inputs: [], outputs: ["t"], attributes: ["value_float": .float(1)]),
        Node("Unsqueeze", inputs: ["t"], outputs: ["u"], attributes: ["axes": .ints([0])]),
        Node("Add", inputs: ["a", "u"], outputs: ["r"]),
      ],
      opsets: ["": 12]
    )
    let affine = Function(
      "Affine",
      domain: "local",
      inputs: ["a"],
      outputs: ["r"],
      defaults: ["scale": .float(3)],
      nodes: [
        Node(
          "Constant",
          inputs: [],
          outputs: ["t"],
          attributes: ["value_float": .reference(name: "scale", kind: 1)]
        ),
        Node("Mul", inputs: ["a", "t"], outputs: ["m"]),
        Node("PlusOne", domain: "local", inputs: ["m"], outputs: ["r"]),
      ],
      opsets: ["": 20, "local": 1]
    )
    return Graph(
      nodes: [
        Node("Affine", name: "f", domain: "local", inputs: ["x"], outputs: ["m"]),
        Node(
          "Affine",
          name: "f",
          domain: "local",
          inputs: ["m"],
          outputs: ["y"],
          attributes: ["scale": .float(10)]
        ),
      ],
      inputs: [ValueInfo("x", .float32, [1])],
      outputs: [ValueInfo("y")],
      model: ModelInfo(
        opsets: ["": 20, "local": 1],
        irVersion: 10,
        functions: [plusOne, affine]
      )
    )
  }

  @Test func `inlines functions with defaults, attribute references and opsets of their own`()
    throws
  {
    let graph = try operators.normalized(model)
    try graph.verify()
    #expect(graph.model.functions.isEmpty)
    #expect(graph.model.opsets.names == [""])
    #expect(graph.nodes.map(\.op) == ["Mul", "Unsqueeze", "Add", "Mul", "Unsqueeze", "Add"])
    #expect(graph.nodes.allSatisfy { !$0.name.isEmpty })
    let result = try Session(graph).run(["x": Tensor([2.0 as Float], shape: [1])])
    #expect(try result["y"]?.floats() == [71])
  }

  @Test func `changes nothing when applied again`() throws {
    let once = try operators.normalized(model)
    #expect(try operators.normalized(once) == once)
  }

  @Test(
    .enabled(if: TestData.isPresent, "\(TestData.reason)"),
    arguments: [
      "models/blazeface/blazeface_front_e2e.onnx", "models/yunet/yunet_n_dynamic.onnx",
      "models/ultraface/version-RFB-320.onnx", "onnx-conformance/light/light_shufflenet.onnx",
    ]
  )
  func `brings real models into a form that is stable`(_ path: String) throws {
    let once = try operators.normalized(ONNX.read(#require(TestData.path(path))))
    try once.verify()
    #expect(once.model.opset == OperatorSet.opset)
    #expect(try operators.normalized(once) == once)
  }

  @Test func `makes constants of all forms of Constant`() throws {
    let forms: [(String, Attribute, Constant)] = [
      ("value", .tensor(Constant([1, 2])), Constant([1, 2])),
      ("value_float", .float(1.5), Constant([1.5] as [Float], shape: [])),
      ("value_floats", .floats([1, 2]), Constant([1, 2] as [Float], shape: [2])),
      ("value_int", .int(3), Constant(scalar: 3)),
      ("value_ints", .ints([3, 4]), Constant([3, 4])),
      ("value_string", .text("a"), Constant(strings: [[97]], shape: [])),
      ("value_strings", .strings([[97]]), Constant(strings: [[97]], shape: [1])),
    ]
    for (name, attribute, expected) in forms {
      let graph = Graph(
        nodes: [Node("Constant", inputs: [], outputs: ["y"], attributes: [name: attribute])],
        outputs: [ValueInfo("y")],
        model: ModelInfo(opsets: ["": 13])
      )
      let normal = try operators.normalized(graph)
      #expect(normal.nodes.isEmpty)
      #expect(normal.constants["y"] == expected)
    }
  }

  @Test func `names the node that cannot be upgraded`() {
    let graph = Graph(
      nodes: [
        Node(
          "BatchNormalization",
          name: "bn",
          inputs: ["x", "s", "s", "s", "s"],
          outputs: ["y"],
          attributes: ["spatial": .int(0)]
        )
      ],
      model: ModelInfo(opsets: ["": 7])
    )
    #expect {
      try operators.normalized(graph)
    } throws: {
      "\($0)".hasPrefix("BatchNormalization 'bn' (opset 7 to 9): spatial=0")
    }
  }

  @Test(arguments: ["Pad", "Softmax", "Squeeze", "Slice", "TopK", "Upsample", "Dropout", "Split"])
  func `a node of an old form that reads or makes nothing is named`(_ op: String) {
    let empty = Node(op, name: "hollow", inputs: [], outputs: ["y"])
    let mute = Node(op, name: "hollow", inputs: ["x"], outputs: [])
    for node in [empty, mute] {
      let graph = Graph(
        nodes: [node],
        inputs: [ValueInfo("x")],
        model: ModelInfo(opsets: ["": 9])
      )
      let error = #expect(throws: OperatorError.self) { try operators.normalized(graph) }
      #expect(error?.description.contains("hollow") == true)
    }
  }

  @Test(arguments: ["MaxRoiPool", "RoiAlign", "AffineGrid"])
  func `an input of too few axes ends in no trap`(_ op: String) throws {
    var node = Node(op, name: "flat", inputs: ["x", "sizes", "x"], outputs: ["y"])
    if op == "MaxRoiPool" {
      node.inputs = ["x", "sizes"]
      node.attributes["pooled_shape"] = .ints([1, 1])
    }
    let old = Node("Softmax", name: "old", inputs: ["y"], outputs: ["z"])
    let graph = Graph(
      nodes: [node, old],
      inputs: [ValueInfo("x", .float32, [1])],
      outputs: [ValueInfo("z")],
      constants: ["sizes": Constant([])],
      model: ModelInfo(opsets: ["": 12])
    )
    #expect(try operators.normalized(graph).nodes.contains { $0.name == "flat" })
  }

  @Test func `sizes whose product no number holds end in no trap`() throws {
    let graph = Graph(
      nodes: [
        Node("Expand", name: "huge", inputs: ["x", "sizes"], outputs: ["y"]),
        Node("Softmax", name: "old", inputs: ["y"], outputs: ["z"]),
      ],
      inputs: [ValueInfo("x", .float32, [1])],
      outputs: [ValueInfo("z")],
      constants: ["sizes": Constant([1 << 40, 1 << 40])],
      model: ModelInfo(opsets: ["": 12])
    )
    #expect(try operators.normalized(graph).nodes.contains { $0.name == "huge" })
  }

  @Test(arguments: [-1, 29])
  func `refuses opsets that it does not read`(_ opset: Int) {
    #expect(throws: OperatorError.self) {
      try operators.normalized(Graph(model: ModelInfo(opsets: ["": opset])))
    }
  }

  @Test func `upgrades Upsample of opset 7 by way of 9 and 10`() throws {
    let graph = Graph(
      nodes: [
        Node(
          "Upsample",
          name: "up",
          inputs: ["x"],
          outputs: ["y"],
          attributes: ["scales": .floats([1, 1, 2, 2])]
        )
      ],
      inputs: [ValueInfo("x", .float32, [1, 1, 1, 2])],
      outputs: [ValueInfo("y")],
      model: ModelInfo(opsets: ["": 7])
    )
    let normal = try operators.normalized(graph)
    #expect(normal.nodes.map(\.op) == ["Resize"])
    let result = try Session(normal).run(["x": Tensor([1.0, 2.0] as [Float], shape: [1, 1, 1, 2])])
    #expect(try result["y"]?.floats() == [1, 1, 2, 2, 1, 1, 2, 2])
  }

  @Test func `exports the least opset, and refuses one below it`() throws {
    let graph = Graph.of(
      [
        Node("Relu", inputs: ["x"], outputs: ["a"]),
        Node(
          "LayerNormalization",
          name: "ln",
          inputs: ["a", "s"],
          outputs: ["y"]
        ),
      ],
      input: [1, 4],
      constants: ["s": Constant([1, 1, 1, 1], shape: [4])],
      outputs: ["y"]
    )
    let least = try operators.exported(graph)
    #expect(least.model.opset == 17)
    #expect(least.model.irVersion == 8)
    #expect(try operators.exported(graph, opset: 20).model.opset == 20)
    #expect {
      try operators.exported(graph, opset: 13)
    } throws: {
      "\($0)" == "LayerNormalization 'ln': needs opset 17 at least; 13 is asked for "
        + "(opset 13 has no operator LayerNormalization)"
    }
  }
}
