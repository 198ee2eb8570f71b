import Foundation
import Graphs
import Operators
import PluginKit
import Pruning
import Testing

struct ChannelPruningTests {
  /// x → a (filters with the given L1 norms) → relu → b (4 filters) → sum with c (4 filters) → out.
  private func pruning(
    norms: [Float] = [5, 1, 4, 2, 3],
    alignment: Int = 1
  ) throws -> ChannelPruning {
    var graph = Graph(model: ModelInfo(opsets: ["": 22], irVersion: 10))
    graph.inputs = [ValueInfo("x", .float32, [1, 1, 2, 2])]
    graph.constants["a.w"] = Constant(norms, shape: [norms.count, 1, 1, 1])
    graph.constants["b.w"] = Constant(
      [Float](repeating: 1, count: 4 * norms.count),
      shape: [4, norms.count, 1, 1]
    )
    graph.constants["c.w"] = Constant([1, 2, 3, 4] as [Float], shape: [4, 1, 1, 1])
    graph.constants["out.w"] = Constant([1, 1, 1, 1] as [Float], shape: [1, 4, 1, 1])
    graph.nodes = [
      Node("Conv", name: "a", inputs: ["x", "a.w"], outputs: ["va"]),
      Node("Relu", name: "r", inputs: ["va"], outputs: ["vr"]),
      Node("Conv", name: "b", inputs: ["vr", "b.w"], outputs: ["vb"]),
      Node("Conv", name: "c", inputs: ["x", "c.w"], outputs: ["vc"]),
      Node("Add", name: "sum", inputs: ["vb", "vc"], outputs: ["s"]),
      Node("Conv", name: "out", inputs: ["s", "out.w"], outputs: ["y"]),
    ]
    graph.outputs = [ValueInfo("y", .float32)]
    let facts = try GraphFacts(graph, operators: .standard)
    return ChannelPruning(
      graph,
      groups: ChannelGroups(graph, facts: facts, operators: .standard),
      alignment: alignment
    )
  }

  @Test(arguments: [
    // 5 × 0.5 is a tie and goes to the even 2; 5 × 0.3 = 1.5 to 2; 5 × 0.9 = 4.5 to 4.
    (0.5, [0, 2, 4]), (0.3, [0, 2, 4]), (0.9, [0]), (0.99, [0]), (0.1, [0, 1, 2, 3, 4]),
  ])
  func `rounds half to even and takes the least norms`(ratio: Double, kept: [Int]) throws {
    let resolved = try pruning().resolve(PruningPlan(cuts: ["a.w": .ratio(ratio)]))
    #expect(resolved.cuts.first?.kept ?? [0, 1, 2, 3, 4] == kept)
  }

  @Test func `takes the lower index among equals`() throws {
    let resolved = try pruning(norms: [1, 1, 1, 1]).resolve(
      PruningPlan(cuts: ["a": .ratio(0.5)])
    )
    #expect(resolved.cuts.map(\.kept) == [[2, 3]])
    #expect(resolved.cuts.map(\.removed) == [[0, 1]])
    #expect(resolved.cuts.map(\.group) == ["a.w"])
  }

  @Test(arguments: [(8, 8), (4, 8), (2, 6), (1, 5)])
  func `keeps a multiple where a target wants one`(alignment: Int, kept: Int) throws {
    let norms = (1...10).map(Float.init)
    let resolved = try pruning(norms: norms, alignment: alignment).resolve(
      PruningPlan(cuts: ["a": .ratio(0.5)])
    )
    #expect(resolved.cuts.first?.kept.count == kept)
  }

  @Test func `scores by all producers, each divided by its mean`() throws {
    // b's filters are alike; c's rise, so c decides.
    let all = try pruning().resolve(PruningPlan(cuts: ["b.w": .ratio(0.25)]))
    #expect(all.cuts.map(\.kept) == [[1, 2, 3]])
    let pruning = try pruning()
    let group = try #require(pruning.groups["b.w"])
    #expect(ChannelImportance.scores(of: [group], in: pruning.graph) == [[1.4, 1.8, 2.2, 2.6]])
  }

  @Test func `takes a plan's channels and a strategy's scores`() throws {
    let pruning = try pruning()
    let listed = try pruning.resolve(PruningPlan(cuts: ["a.w": .channels([4, 0])]))
    #expect(listed.cuts.map(\.kept) == [[1, 2, 3]])
    let scored = try pruning.resolve(PruningPlan(cuts: ["a.w": .ratio(0.4)])) { _ in
      [0, 9, 9, 9, -1]
    }
    #expect(scored.cuts.map(\.kept) == [[1, 2, 3]])
    let small = try pruning.apply(scored)
    #expect(small.constants["a.w"]?.floats == [1, 4, 2])
    #expect(small.constants["b.w"]?.shape == [4, 3, 1, 1])
  }

  @Test(
    arguments: [
      (["a.v": .ratio(0.5)], "the nearest is 'a.w'"),
      (["out": .ratio(0.5)], "no layer of the model has that name"),
      (["a.w": .ratio(1)], "a ratio lies in 0..<1"),
      (["a.w": .channels([5])], "which has 5: 0 to 4"),
      (["a.w": .channels([1, 1])], "channel 1 of 'a.w' twice"),
      (["a.w": .channels([0, 1, 2, 3, 4])], "keep at least one"),
      (["b.w": .ratio(0.5), "c.w": .ratio(0.5)], "which are cut together"),
    ] as [([String: PruningPlan.Cut], String)]
  )
  func `refuses what would break the graph`(
    cuts: [String: PruningPlan.Cut],
    reason: String
  ) throws {
    let pruning = try pruning()
    let error = #expect(throws: PruningError.self) {
      try pruning.resolve(PruningPlan(cuts: cuts))
    }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  @Test func `refuses scores that are not numbers`() throws {
    let pruning = try pruning()
    #expect(throws: PruningError.badScores("a.w", channels: 5, found: 4)) {
      try pruning.resolve(PruningPlan(cuts: ["a.w": .ratio(0.4)])) { _ in [0, .nan, 1, 2, 3] }
    }
  }

  @Test func `what was decided can be written and read back`() throws {
    let resolved = try pruning().resolve(PruningPlan(cuts: ["a.w": .ratio(0.5)]))
    let data = try JSONEncoder().encode(resolved.cuts)
    #expect(try JSONDecoder().decode([PruningCut].self, from: data) == resolved.cuts)
  }
}
