import Graphs
import ModelFormats
import Operators
import Tensors
import TestSupport
import Testing

struct GraphFactsTests {
  let operators = OperatorSet.standard

  @Test func `computes with small values that come from shapes`() throws {
    // Reshape to [batch, channels, height · width] as exporters write it.
    let graph = Graph.of(
      [
        Node("Shape", inputs: ["x"], outputs: ["s"]),
        Node("Gather", inputs: ["s", "zero"], outputs: ["n"]),
        Node("Gather", inputs: ["s", "one"], outputs: ["c"]),
        Node("Unsqueeze", inputs: ["n", "axis"], outputs: ["nu"]),
        Node("Unsqueeze", inputs: ["c", "axis"], outputs: ["cu"]),
        Node(
          "Concat",
          inputs: ["nu", "cu", "rest"],
          outputs: ["t"],
          attributes: ["axis": .int(0)]
        ),
        Node("Reshape", inputs: ["x", "t"], outputs: ["y"]),
      ],
      input: [2, 3, 4, 5],
      constants: [
        "zero": Constant(scalar: 0), "one": Constant(scalar: 1), "axis": Constant([0]),
        "rest": Constant([-1]),
      ],
      outputs: ["y"]
    )
    let facts = try GraphFacts(graph, operators: operators)
    #expect(facts["t"].value?.integers == [2, 3, -1])
    #expect(facts["y"].shape == [2, 3, 20])
    #expect(facts["y"].element == .float32)
  }

  @Test func `knows nothing behind an operator that it does not know`() throws {
    let graph = Graph.of(
      [
        Node("Fancy", domain: "org.example", inputs: ["x"], outputs: ["a"]),
        Node("Relu", inputs: ["a"], outputs: ["y"]),
      ],
      input: [1, 2],
      outputs: ["y"]
    )
    let facts = try GraphFacts(graph, operators: operators)
    #expect(facts["a"] == .unknown)
    #expect(facts["y"].sizes == nil)
  }

  @Test func `names the node whose inputs do not fit`() {
    let graph = Graph.of(
      [Node("Conv", name: "bad", inputs: ["x", "w"], outputs: ["y"])],
      input: [1, 3, 8, 8],
      constants: ["w": Constant([Float](repeating: 0, count: 8), shape: [2, 4, 1, 1])],
      outputs: ["y"]
    )
    #expect {
      try GraphFacts(graph, operators: operators)
    } throws: {
      "\($0)" == "Conv 'bad': the input has 3 channels; the weight 2×4×1×1 with group 1 reads 4"
    }
  }

  @Test func `binds sizes that the file leaves open`() {
    let open = ValueInfo(
      "x",
      .float32,
      Shape([.symbolic("batch"), .known(3), .unknown, .symbolic("width")])
    )
    #expect(InputSizes.standard.sizes(of: open) == [1, 3, 640, 640])
    #expect(InputSizes(height: 320, width: 416).sizes(of: open) == [1, 3, 320, 416])
    #expect(
      InputSizes(symbols: ["batch": 4, "width": 8]).sizes(of: open) == [4, 3, 640, 8]
    )
    #expect(InputSizes(inputs: ["x": [2, 3, 4, 5]]).sizes(of: open) == [2, 3, 4, 5])
    #expect(InputSizes.standard.sizes(of: ValueInfo("t", .float32, nil)) == nil)
    #expect(
      InputSizes.standard.sizes(of: ValueInfo("t", .float32, Shape([.unknown, .unknown])))
        == [1, nil]
    )
  }

  @Test(
    .enabled(if: TestData.isPresent, "\(TestData.reason)"),
    arguments: [
      "models/blazeface/blazeface_front_base.onnx", "models/blazeface/blazeface_front_e2e.onnx",
      "models/ultraface/version-RFB-320.onnx", "models/yunet/yunet_n_dynamic.onnx",
    ]
  )
  func `says of every value what execution shows`(_ path: String) throws {
    let graph = try operators.normalized(ONNX.read(#require(TestData.path(path))))
    let facts = try GraphFacts(
      graph,
      operators: operators,
      sizes: InputSizes(height: 96, width: 128)
    )
    var inputs: [String: Tensor] = [:]
    for input in graph.requiredInputs {
      let shape = try #require(facts[input.name].shape)
      let dtype: DType = input.type.element == .int64 ? .int64 : .float32
      inputs[input.name] = try Tensor.full(shape, 0.25, dtype: dtype)
    }
    let names = graph.nodes.flatMap(\.outputs).filter { !$0.isEmpty }
    let values = try Session(graph, memory: 0).run(inputs, taps: names)
    var known = 0
    for name in names {
      let tensor = try #require(values[name])
      let stated = facts[name]
      if let element = stated.element { #expect(DType(element) == tensor.dtype, "\(name)") }
      if let sizes = stated.sizes {
        #expect(sizes.count == tensor.rank, "\(name)")
        for (size, actual) in zip(sizes, tensor.shape) { #expect(size == nil || size == actual) }
        if stated.shape != nil { known += 1 }
      }
      if let value = stated.value?.integers { #expect(try value == tensor.ints(), "\(name)") }
    }
    #expect(Double(known) >= 0.9 * Double(names.count), "\(known) of \(names.count)")
  }
}
