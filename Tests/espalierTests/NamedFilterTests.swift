import Graphs
import ModelFormats
import TestSupport
import Testing

/// The benchmark's lists score a group by the weight that they name, whichever of the group's it is.
struct NamedFilterTests {
  /// Two convolutions of 4 filters, added: the norms of a's rise with the index, those of b's fall.
  private func residual(in folder: ScratchFolder) throws -> String {
    var graph = Graph(
      nodes: [
        Node("Conv", name: "a", inputs: ["image", "a.w"], outputs: ["va"]),
        Node("Conv", name: "b", inputs: ["image", "b.w"], outputs: ["vb"]),
        Node("Add", name: "sum", inputs: ["va", "vb"], outputs: ["s"]),
        Node("Conv", name: "out", inputs: ["s", "out.w"], outputs: ["y"]),
      ],
      inputs: [ValueInfo("image", .float32, [1, 9, 4, 4])],
      outputs: [ValueInfo("y", .float32, [1, 1, 4, 4])]
    )
    graph.model.opset = 13
    graph.model.irVersion = 7
    let rising = (0..<36).map { Float($0 / 9 + 1) * ($0.isMultiple(of: 2) ? 1 : -1) }
    let falling = (0..<36).map { Float(4 - $0 / 9) }
    graph.constants["a.w"] = Constant(rising, shape: [4, 9, 1, 1])
    graph.constants["b.w"] = Constant(falling, shape: [4, 9, 1, 1])
    graph.constants["out.w"] = Constant([1, 1, 1, 1] as [Float], shape: [1, 4, 1, 1])
    let path = folder.path("residual.onnx")
    try ONNX.write(graph, to: path)
    return path
  }

  @Test(arguments: [("a.w", [2, 3]), ("b.w", [0, 1])])
  func `the named weight decides`(name: String, kept: [Int]) throws {
    let folder = try ScratchFolder()
    let model = try residual(in: folder)
    let result = try BuiltProgram.espalier([
      "prune", model, "--pruned-params", name, "--pruned-ratios", "0.5", "--dry-run", "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let cuts = try #require(try result.object()["cuts"] as? [[String: Any]])
    #expect(cuts.map { $0["kept"] as? [Int] } == [kept])
  }
}
