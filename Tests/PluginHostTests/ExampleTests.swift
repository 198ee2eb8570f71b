import FoundationEssentials
import Glibc
import PluginHost
import PluginKit
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
