import Architectures
import Graphs
import Operators
import Testing

struct BlazeFaceTests {
  /// Parameters, and multiply-adds at 640 without the adding of biases: 1220, 1183, 266, 446 and 210 M.
  @Test(
    arguments: [
      (BlazeFace.Variant.original, true, 202_416, 1_220_044_800),
      (.lite, true, 176_226, 1_182_720_000),
      (.nas, true, 60_012, 265_779_200), (.nasV2, true, 98_620, 445_734_400),
      (.nasV2, false, 47_204, 210_048_000),
    ]
  )
  func `values and multiply-adds are those of the published networks`(
    _ variant: BlazeFace.Variant,
    _ usesFiveByFive: Bool,
    _ values: Int,
    _ multiplyAdds: Int
  ) throws {
    let model = BlazeFace(variant, usesFiveByFive: usesFiveByFive)
    let graph = try model.graph(batch: 1, weights: .structureOnly)
    try graph.verify()
    let count = graph.constants.reduce(0) { $0 + $1.value.shape.reduce(1, *) }
    #expect(count == values)
    let facts = try GraphFacts(graph, operators: .standard)
    let cost = GraphCost(graph, facts: facts, operators: .standard)
    #expect(cost.multiplyAdds == multiplyAdds)
  }

  /// 815, 711 and 244 kB: one file a tensor with a header of 20 bytes and the description's, then floats.
  @Test(
    arguments: [
      (BlazeFace.Variant.original, 814_650, 0.7), (.lite, 710_650, 0.7),
      (.nas, 243_500, 0.7),
    ]
  )
  func `released sizes fit the parameters`(
    _ variant: BlazeFace.Variant,
    _ bytes: Int,
    _ percent: Double
  ) throws {
    let graph = try BlazeFace(variant).graph(batch: 1, weights: .structureOnly)
    let total = graph.constants.reduce(0) { total, constant in
      let dims = constant.value.shape.reduce(2) { $0 + ($1 < 128 ? 2 : 3) }
      return total + 20 + dims + 4 * constant.value.shape.reduce(1, *)
    }
    #expect(abs(Double(total - bytes)) < percent / 100 * Double(bytes), "\(total)")
  }

  @Test(arguments: BlazeFace.Variant.allCases)
  func `maps have a cell for every 8 and 16 pixels`(_ variant: BlazeFace.Variant) throws {
    let graph = try BlazeFace(variant).graph(size: ImageSize(height: 64, width: 96), batch: 2)
    #expect(
      graph.outputs.map { $0.type.shape } == [
        [2, 8, 8, 12], [2, 24, 4, 6], [2, 4, 8, 12], [2, 12, 4, 6],
      ]
    )
    let facts = try GraphFacts(graph, operators: .standard)
    for output in graph.outputs {
      #expect(facts[output.name].sizes?.compactMap(\.self) == output.type.shape?.sizes)
    }
    let name = variant.rawValue
    #expect(try Architecture.named(name) == .blazeFace(variant))
  }

  @Test func `a size that no cell fits is told`() {
    #expect(throws: ArchitectureError.badSize(ImageSize(100), step: 16)) {
      try BlazeFace(.nas).graph(size: ImageSize(100))
    }
  }
}
