import Files
import Graphs
import Models
import Reports
import Testing

/// What an execution made, of networks whose results are known.
struct RunReportTests {
  private func run() throws -> ModelRun {
    var graph = Graph(model: ModelInfo(opsets: ["": 22], irVersion: 10))
    graph.inputs = [ValueInfo("x", .float32, [2, 3])]
    graph.constants["w"] = Constant([1, 0, 0, 1, 1, -1], shape: [3, 2])
    graph.constants["none"] = Constant([] as [Int])
    graph.nodes = [
      Node("MatMul", inputs: ["x", "w"], outputs: ["y"]),
      Node(
        "ArgMax",
        inputs: ["y"],
        outputs: ["place"],
        attributes: ["axis": .int(1), "keepdims": .int(0)]
      ),
      Node("Gather", inputs: ["y", "none"], outputs: ["empty"]),
      Node("ReduceSum", inputs: ["y"], outputs: ["sum"], attributes: ["keepdims": .int(0)]),
    ]
    graph.outputs = ["y", "place", "empty", "sum"].map { ValueInfo($0) }
    return try ModelRun(
      Model("net", graph.named()),
      inputs: ["x": Constant([1, 2, 3, -4, 5, 0.5], shape: [2, 3])]
    )
  }

  // By hand: rows 1 + 3, 2 - 3 and -4 + 0.5, 5 - 0.5; the sum is 4 - 1 - 3.5 + 4.5 = 4.
  @Test func `each output has its type, sizes, ends and file`() throws {
    let text = RunReport(try run(), model: "net", files: ["a", "b", "c", "d"]).text
    let rows = text.split(separator: "\n").suffix(4).map {
      $0.split(separator: " ").map(String.init)
    }
    #expect(rows[0] == ["y", "float32", "2×2", "-3.5000", "4.5000", "a"])
    #expect(rows[1] == ["place", "int64", "2", "0.0000", "1.0000", "b"])
    #expect(rows[2] == ["empty", "float32", "0×2", "c"])
    #expect(rows[3] == ["sum", "float32", "scalar", "4.0000", "4.0000", "d"])
    // 2 · 2 results of 3 products.
    #expect(text.hasPrefix("net: ") && text.contains(" on cpu, 12 multiply-adds\n"))
  }

  @Test func `JSON has null for the ends of nothing`() throws {
    let json = RunReport(try run(), model: "net", files: ["a", "b", "c", "d"]).json
    #expect(json["schema"]?.string == "espalier.run/1" && json["multiplyAdds"]?.whole == 12)
    let outputs = try #require(json["outputs"]?.items)
    #expect(outputs.map { $0["name"]?.string } == ["y", "place", "empty", "sum"])
    #expect(outputs[0]["least"]?.number == -3.5 && outputs[0]["shape"] == [2, 2])
    #expect(outputs[1]["greatest"]?.number == 1)
    #expect(outputs[2]["least"] == .null && outputs[2]["shape"] == [0, 2])
    #expect(outputs[3]["shape"] == [] && outputs[3]["file"]?.string == "d")
    #expect((json["milliseconds"]?.number ?? -1) > 0)
  }
}
