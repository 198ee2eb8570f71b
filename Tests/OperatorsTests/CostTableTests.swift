import Graphs
import Operators
import Testing

struct CostTableTests {
  /// 3×8×8 → 3×3 convolution of 4 filters, stride 2 → depthwise 3×3 → flattened into 5 numbers.
  private func cost() throws -> GraphCost {
    var graph = Graph(model: ModelInfo(opsets: ["": 22], irVersion: 10))
    graph.inputs = [ValueInfo("x", .float32, [2, 3, 8, 8])]
    func weight(_ name: String, _ shape: [Int]) {
      graph.constants[name] = Constant(
        [Float](repeating: 0, count: shape.reduce(1, *)),
        shape: shape
      )
    }
    weight("a", [4, 3, 3, 3])
    weight("bias", [4])
    weight("d", [4, 1, 3, 3])
    weight("fc", [5, 64])
    graph.constants["half"] = Constant([0.5], shape: [])
    let pads: NamedTable<Attribute> = ["pads": .ints([1, 1, 1, 1])]
    var strided = pads
    strided["strides"] = .ints([2, 2])
    var deep = pads
    deep["group"] = .int(4)
    graph.nodes = [
      Node("Conv", name: "a", inputs: ["x", "a", "bias"], outputs: ["va"], attributes: strided),
      Node("Conv", name: "d", inputs: ["va", "d"], outputs: ["vd"], attributes: deep),
      Node("Conv", name: "again", inputs: ["vd", "d"], outputs: ["ve"], attributes: deep),
      Node("Mul", name: "m", inputs: ["ve", "half"], outputs: ["vm"]),
      Node("Flatten", name: "f", inputs: ["vm"], outputs: ["vf"]),
      Node(
        "Gemm",
        name: "g",
        inputs: ["vf", "fc"],
        outputs: ["y"],
        attributes: ["transB": .int(1)]
      ),
    ]
    graph.outputs = [ValueInfo("y", .float32)]
    let facts = try GraphFacts(graph, operators: .standard)
    return GraphCost(graph, facts: facts, operators: .standard)
  }

  @Test func `counts multiply-adds in three conventions`() throws {
    let cost = try cost()
    // By hand, two images: 4·4 pixels · 4 filters · 27; · 4 · 9 twice; 64 · 5.
    #expect(cost.nodes.map(\.multiplyAdds) == [3456, 1152, 1152, 0, 0, 640])
    #expect(cost.nodes.map(\.benchmarkMultiplyAdds) == [1728, 576, 576, 0, 0, 320])
    #expect(cost.nodes.map(\.onePixelMultiplyAdds) == [108, 36, 36, 0, 0, 320])
    #expect(cost.multiplyAdds == 6400 && cost.onePixelMultiplyAdds == 500)
  }

  @Test func `counts a shared weight once, and no scalars`() throws {
    let cost = try cost()
    #expect(cost.nodes.map(\.parameters) == [112, 36, 0, 0, 0, 320])
    #expect(cost.parameterBytes == 4 * 468)
    // Two images of 4×4×4 floats four times and flattened, and of 5 numbers.
    #expect(cost.activationBytes == 4 * 2 * (5 * 64 + 5))
  }
}
