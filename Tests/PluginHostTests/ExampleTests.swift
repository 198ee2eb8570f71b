import FoundationEssentials
import Glibc
import PluginHost
import PluginKit
import Tensors
import Testing

/// The examples as an outsider ships them, through the loader that users have.
struct ExampleTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func registry(of example: String) throws -> PluginRegistry {
    let script = Workshop.packageRoot + "/Examples/\(example)/build.sh"
    let result = try runProcess(["/bin/sh", script, Workshop.packageRoot, workshop.path + "/built"])
    try #require(result.status == 0, "\(result.output)")
    return workshop.registry { policy in
      policy.manifests = [workshop.path + "/built"]
      policy.allowsUnvalidated = true
    }
  }

  @Test(.requiresCompiler) func `a plain C function scores channels by their L2 norm`() throws {
    let registry = try registry(of: "c-score")
    let model = SmallModel([("a", 3)], perChannel: 9)
    let scores = try registry.scorer(named: "org.example.l2").score(model.groups[0], of: model)
    #expect(scores == [3, 6, 9])
  }

  @Test(.requiresCompiler) func `two plain C functions are a loss with its gradient`() throws {
    let registry = try registry(of: "c-distill")
    let loss = try registry.distillLoss(
      named: "org.example.charbonnier",
      settings: ["epsilon": .double(4)]
    )
    let student = try Tensor([3, -3, 0, 7] as [Float], shape: [1, 1, 2, 2]).setRequiresGradient()
    let pair = DistillPair(student: student, teacher: try Tensor.full([1, 1, 2, 2], 0))
    let value = try loss.loss(of: [pair], in: StillMoment())
    // √(3² + 4²) = 5: (1 + 1 + 0 + √65 - 4) / 4, with slopes d / √(d² + 16) / 4.
    let root = 65.0.squareRoot()
    #expect(abs(try value.detached().doubles()[0] - (2 + root - 4) / 4) < 1e-6)
    try value.backward()
    let slopes = try #require(try student.gradient).doubles()
    for (found, wanted) in zip(slopes, [0.15, -0.15, 0, 7 / root / 4]) {
      #expect(abs(found - wanted) < 1e-6)
    }
  }

  @Test(
    .enabled(
      if: unsafe getenv("ESPALIER_BUILD_EXAMPLES") != nil,
      "building a Swift package takes a minute: set ESPALIER_BUILD_EXAMPLES=1"
    )
  ) func `a Swift plugin plans and scores with its own score`() throws {
    let registry = try registry(of: "swift-pruner")
    let model = SmallModel([("wide", 16), ("narrow", 4)], perChannel: 1)
    let pruner = try registry.pruner(
      named: "org.example.geometric-median",
      settings: ["ratio": .string("0.5")]
    )
    #expect(try pruner.plan(for: model).cuts == ["wide": .ratio(0.5)])
    let scorer = try #require(pruner.scorer)
    // Filters 1, -2, 3, -4: the sums of their distances on the line.
    #expect(try scorer.score(model.groups[1], of: model) == [10, 12, 14, 16])
  }
}
