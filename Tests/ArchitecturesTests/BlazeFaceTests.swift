import Architectures
import Graphs
import Operators
import Testing

struct BlazeFaceTests {
  /// Parameters, and multiply-adds at 640 without the adding of biases: 1220, 1183, 266, 446 and 210 M.
  @Test(
    arguments: [
      (BlazeFace.Variant.original, BlazeFace.Kernels.fiveByFive, 202_416, 1_220_044_800),
      (.original, .groupedFiveByFive, 119_616, 888_844_800),
      (.lite, .fiveByFive, 176_226, 1_182_720_000),
      (.nas, .fiveByFive, 60_012, 265_779_200), (.nas, .groupedFiveByFive, 41_412, 191_379_200),
      (.nasV2, .fiveByFive, 98_620, 445_734_400),
      (.nasV2, .groupedFiveByFive, 48_020, 216_934_400),
      (.nasV2, .threeByThree, 47_204, 210_048_000),
    ]
  )
  func `parameters and multiply-adds are those of the published networks and of grouped ones`(
    _ variant: BlazeFace.Variant,
    _ kernels: BlazeFace.Kernels,
    _ values: Int,
    _ multiplyAdds: Int
  ) throws {
    let (count, cost) = try figures(BlazeFace(variant, kernels: kernels))
    #expect(count == values)
    #expect(cost == multiplyAdds)
    guard let blocks = BlazeFace.Blocks(variant) else { return }
    #expect(BlazeFaceCount(blocks, kernels) == BlazeFaceCount(values, multiplyAdds))
  }

  /// Widths that no published network has, in each mode.
  @Test(arguments: BlazeFace.Kernels.allCases, [4, 20, 32])
  func `networks of any blocks have the parameters and multiply-adds of their convolutions`(
    _ kernels: BlazeFace.Kernels,
    _ first: Int
  ) throws {
    let blocks = BlazeFace.Blocks(
      first: first,
      singles: [.init(first), .init(40, stride: 2), .init(40)],
      doubles: [.init(8, 88, stride: 2), .init(32, 88), .init(24, 16, stride: 2), .init(20, 16)]
    )
    let (count, cost) = try figures(BlazeFace(blocks, kernels: kernels))
    #expect(BlazeFaceCount(count, cost) == BlazeFaceCount(blocks, kernels))
  }

  /// The tokens 2, 1, 3, 8, 2, 1, 2, 1, 1 of the search that found it.
  @Test func `the blocks of the search's start are the published NAS`() throws {
    let (n1, n2, d2, d3) = (12, 12, 24, 72)
    let (m4, m5, m6, m7) = (16, 12, 16, 12)
    let blocks = BlazeFace.Blocks(
      first: n1,
      singles: [.init(n1), .init(n2, stride: 2), .init(n2)],
      doubles: [.init(m4, d2, stride: 2), .init(m5, d2), .init(m6, d3, stride: 2), .init(m7, d3)]
    )
    let found = try BlazeFace(blocks, name: "blazeface_nas").graph(weights: .seeded(3))
    #expect(try found == BlazeFace(.nas).graph(weights: .seeded(3)))
  }

  /// 815, 711 and 244 kB, and 483 kB for the grouped original: one file a tensor with a header of 20 bytes and the description's, then floats.
  @Test(
    arguments: [
      (BlazeFace.Variant.original, BlazeFace.Kernels.fiveByFive, 814_650, 0.7),
      (.lite, .fiveByFive, 710_650, 0.7), (.nas, .fiveByFive, 243_500, 0.7),
      (.original, .groupedFiveByFive, 483_000, 0.7),
    ]
  )
  func `released sizes fit the parameters`(
    _ variant: BlazeFace.Variant,
    _ kernels: BlazeFace.Kernels,
    _ bytes: Int,
    _ percent: Double
  ) throws {
    let network = BlazeFace(variant, kernels: kernels)
    let graph = try network.graph(batch: 1, weights: .structureOnly)
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

  @Test(
    arguments: [
      ([BlazeFace.SingleBlock(16)], ArchitectureError.badBlock(0, .sum(12, 16))),
      ([.init(12), .init(0, stride: 2)], .badBlock(1, .width(0))),
      ([.init(12, stride: 3)], .badBlock(0, .stride(3))),
      ([.init(12)], .badHalving(2, doubles: 2)),
    ]
  )
  func `blocks that do not fit each other are told`(
    _ singles: [BlazeFace.SingleBlock],
    _ error: ArchitectureError
  ) {
    let blocks = BlazeFace.Blocks(
      first: 12,
      singles: singles,
      doubles: [.init(8, 24, stride: 2), .init(8, 24, stride: 2)]
    )
    #expect(throws: error) { try BlazeFace(blocks).graph() }
  }

  private func figures(_ network: BlazeFace) throws -> (parameters: Int, multiplyAdds: Int) {
    let graph = try network.graph(batch: 1, weights: .structureOnly)
    try graph.verify()
    let facts = try GraphFacts(graph, operators: .standard)
    let cost = GraphCost(graph, facts: facts, operators: .standard)
    return (graph.constants.reduce(0) { $0 + $1.value.shape.reduce(1, *) }, cost.multiplyAdds)
  }
}
