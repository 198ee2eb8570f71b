import CEspalier
import PluginHost
import PluginKit
import Tensors
import Testing

/// Libraries of released minors in today's host: each loads, and computes what was worked out by hand.
@Suite(.requiresGoldenMachine)
struct GoldenPluginTests {
  private let workshop: Workshop
  /// Filter c of each group holds c + 1 with a sign in turns, four times.
  private let model = SmallModel([("a", 8), ("b", 4)])

  init() throws { workshop = try Workshop() }

  private func registry(_ plugin: GoldenPlugin, _ version: String) throws -> PluginRegistry {
    try plugin.unpack(version, into: workshop)
    return workshop.registry()
  }

  @Test func `27: every released minor since 1_1 has its libraries`() {
    for minor in 1..<ESP_ABI_MINOR {
      for plugin in GoldenPlugin.allCases where plugin != .space || minor > 1 {
        #expect(plugin.versions.contains("1.\(minor)"), "run scripts/golden-plugins.sh")
      }
    }
  }

  @Test(arguments: GoldenPlugin.c.versions)
  func `27: the pruner in C plans and scores`(version: String) throws {
    let registry = try registry(.c, version)
    let pruner = try registry.pruner(named: "org.example.golden.pruner")
    // Sums of magnitudes 4, 8, 12, 16: two lie below their mean.
    #expect(
      try pruner.plan(for: model)
        == PruningPlan(cuts: ["a": .ratio(0.25), "b": .channels([0, 1])])
    )
    // 1000 multiply-adds, less 10 for one cut.
    #expect(workshop.log.all == ["info org.example.golden.c: 0990 multiply-adds"])
    #expect(model.costed == [PruningPlan(cuts: ["a": .ratio(0.5)])])
    #expect(try pruner.scorer?.score(model.groups[1], of: model) == [4, 16, 36, 64])
    let other = try registry.pruner(
      named: "org.example.golden.pruner",
      settings: ["share": .double(0.75)]
    )
    #expect(try other.plan(for: model).cuts["a"] == .ratio(0.75))
    registry.shutDown()
  }

  @Test(arguments: GoldenPlugin.c.versions)
  func `27: the loss in C computes, and gives its gradient`(version: String) throws {
    let loss = try registry(.c, version).distillLoss(named: "org.example.golden.loss")
    let student = try Tensor([3, -3, 0, 7] as [Float], shape: [1, 1, 2, 2]).setRequiresGradient()
    let pair = DistillPair(student: student, teacher: try Tensor.full([1, 1, 2, 2], 0))
    let value = try loss.loss(of: [pair], in: StillMoment())
    // (3 + 3 + 0 + 7) / 4, with slopes of a quarter, signed.
    #expect(try value.detached().doubles() == [3.25])
    try value.backward()
    #expect(try #require(try student.gradient).doubles() == [0.25, -0.25, 0, 0.25])
  }

  @Test(arguments: GoldenPlugin.cxx.versions)
  func `27: the quantizer in C++ plans and gives ranges`(version: String) throws {
    let quantizer = try registry(.cxx, version).quantizer(named: "org.example.golden.quantizer")
    let subject = SmallTensors(weights: [("wide", 3), ("narrow", 1)])
    #expect(
      try quantizer.plan(for: subject) == QuantizationPlan(leftFloat: [2], correctsBiases: true)
    )
    // Extremes times 1.5.
    let wanted: [[(Double, Double)]] = [[(-0.375, 1.125)], [(-3, 1.5), (-6, 4.5), (-9, 7.5)]]
    for (tensor, ranges) in zip(subject.tensors, wanted) {
      #expect(
        try quantizer.ranges(of: tensor, in: subject)
          == ranges.map { QuantizationRange(low: $0.0, high: $0.1) }
      )
    }
  }

  @Test(.requiresGoldenSwift, arguments: GoldenPlugin.swift.versions)
  func `27: the pruner in Swift plans and scores`(version: String) throws {
    let registry = try registry(.swift, version)
    let pruner = try registry.pruner(
      named: "org.example.golden.swift-pruner",
      settings: ["ratio": .double(0.5)]
    )
    // Sums of squares 4, 16, 36, 64: two lie below their mean.
    #expect(
      try pruner.plan(for: model) == PruningPlan(cuts: ["a": .ratio(0.5), "b": .channels([0, 1])])
    )
    #expect(try pruner.scorer?.score(model.groups[1], of: model) == [4, 16, 36, 64])
    let description = try registry.description(of: "org.example.golden.swift-pruner")
    #expect(description.parameters.map(\.name) == ["ratio"])
    #expect(description.parameters.first?.defaultValue == .double(0.25))
  }

  @Test(arguments: GoldenPlugin.space.versions)
  func `27: the space in C names dimensions, begins, judges and decodes`(version: String) throws {
    let space = try registry(.space, version).space(named: "org.example.golden.space")
    let search = StillSearch(model)
    #expect(
      try space.dimensions(in: search) == [
        SearchDimension("a", 0...3), SearchDimension("b", 0...3),
      ]
    )
    #expect(try space.start(in: search) == [1, 1])
    #expect(try space.isFeasible([3, 1], in: search))
    #expect(try !space.isFeasible([3, 2], in: search))
    #expect(
      try space.network([3, 0], in: search) == .cuts(PruningPlan(cuts: ["a": .ratio(3.0 / 8)]))
    )
  }
}
