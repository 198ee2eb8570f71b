import Graphs
import Operators
import Tensors
import Testing

/// Models of opset 8 with a batched Scan, and of opsets before 7.
struct EarlyOpsetTests {
  private let operators = OperatorSet.standard

  private func sums(_ attributes: NamedTable<Attribute> = [:], lengths: String = "") -> Graph {
    let body = Graph(
      nodes: [
        Node("Add", name: "add", inputs: ["sum", "next"], outputs: ["total"]),
        Node("Identity", name: "out", inputs: ["total"], outputs: ["element"]),
      ],
      inputs: [ValueInfo("sum", .float32, [1]), ValueInfo("next", .float32, [1])],
      outputs: [ValueInfo("total", .float32, [1]), ValueInfo("element", .float32, [1])]
    )
    var attributes = attributes
    attributes["num_scan_inputs"] = .int(1)
    attributes["body"] = .graph(body)
    return Graph(
      nodes: [
        Node(
          "Scan",
          name: "scan",
          inputs: [lengths, "start", "x"],
          outputs: ["y", "z"],
          attributes: attributes
        )
      ],
      inputs: [ValueInfo("start", .float32, [2, 1]), ValueInfo("x", .float32, [2, 3, 1])],
      outputs: [ValueInfo("y", .float32, [2, 1]), ValueInfo("z", .float32, [2, 3, 1])],
      model: ModelInfo(opsets: ["": 8])
    )
  }

  @Test(arguments: [(0, [1, 3, 6, 14, 24, 35] as [Float]), (1, [3, 5, 6, 21, 31, 35])])
  func `scans every row of a batch, as opset 8 did`(direction: Int, running: [Float]) throws {
    let graph = try operators.normalized(sums(["directions": .ints([direction])]))
    let result = try Session(graph).run([
      "start": Tensor([0, 10] as [Float], shape: [2, 1]),
      "x": Tensor([1, 2, 3, 4, 10, 11] as [Float], shape: [2, 3, 1]),
    ])
    #expect(try result["y"]?.floats() == [6, 35])
    #expect(result["z"]?.shape == [2, 3, 1])
    #expect(try result["z"]?.floats() == running)
    #expect(try operators.normalized(graph) == graph)
    let facts = try GraphFacts(graph, operators: operators)
    #expect(facts["z"].shape == [2, 3, 1])
  }

  @Test func `refuses rows of different lengths`() {
    #expect {
      try operators.normalized(sums(lengths: "lengths"))
    } throws: {
      "\($0)" == "Scan 'scan' (opset 8 to 9): sequence_lens, which Scan had in opset 8 only"
    }
  }

  private func model(_ node: Node, opset: Int) -> Graph {
    Graph(
      nodes: [node],
      inputs: [ValueInfo("x", .float32, [1, 3])],
      outputs: [ValueInfo("y")],
      model: ModelInfo(opsets: ["": opset])
    )
  }

  @Test func `reads an older model whose operators are as in opset 7`() throws {
    let graph = try operators.normalized(
      model(
        Node("ReduceSum", inputs: ["x"], outputs: ["y"], attributes: ["axes": .ints([1])]),
        opset: 1
      )
    )
    let result = try Session(graph).run(["x": Tensor([1, 2, 4] as [Float], shape: [1, 3])])
    #expect(try result["y"]?.floats() == [7])
    #expect(throws: Never.self) {
      try operators.normalized(model(Node("Relu", inputs: ["x"], outputs: ["y"]), opset: 6))
    }
  }

  @Test func `names the operator that keeps an older model from being read`() {
    #expect {
      try operators.normalized(model(Node("Relu", inputs: ["x"], outputs: ["y"]), opset: 5))
    } throws: {
      "\($0)" == """
        the model is written in opset 5, where Relu has an older form than opset 7's, the oldest that is read; \
        onnx.version_converter can convert it
        """
    }
  }
}
