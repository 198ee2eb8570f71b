import Evaluation
import Files
import Graphs
import ModelFormats
import Models
import Operators
import PluginHost
import PluginKit
import Pruning
import TestNetworks
import TestSupport
import Testing

/// Cuts to targets on a machine whose times are invented: each layer takes what it multiplies, and a little for being called.
struct TargetStepTests {
  private let registry = PluginRegistry(policy: PluginPolicy.standard(manifests: []))
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// Times, and how often they were asked for.
  private final class Machine {
    var layers = 0
    var failing: Int?

    struct Ended: Error {}

    var timing: NetworkTiming {
      NetworkTiming(
        surroundings: "invented",
        layers: { models in
          if self.layers == self.failing { throw Ended() }
          self.layers += 1
          return models.map { Self.milliseconds($0) + 0.01 }
        },
        // What is no layer takes time too, and no call is paid twice.
        whole: { $0.map { 0.8 * Self.milliseconds($0) + 0.5 } }
      )
    }

    private static func milliseconds(_ model: Model) -> Double {
      Double(model.cost.multiplyAdds) / 1e6
    }
  }

  /// Layers in a row, a residual sum, halves that are read apart, and a depthwise layer.
  private func model() throws -> Model {
    var net = SmallNetwork(input: [1, 3, 16, 16])
    net.convolve("a", "x", 3, 32)
    net.add("Relu", "ar", ["a"])
    net.convolve("b", "ar", 32, 32)
    net.add("Add", "sum", ["ar", "b"])
    net.convolve("c", "sum", 32, 48)
    net.add("Sigmoid", "cs", ["c"])
    net.add("Mul", "silu", ["c", "cs"])
    net.convolve("d", "silu", 48, 48, groups: 48)
    net.convolve("e", "d", 48, 40)
    net.convolve("f", "e", 40, 6)
    net.finish(["f"])
    return try Model("chain", net.graph)
  }

  private func settings(_ target: PruneTarget, score: String? = nil) -> PruneSettings {
    var settings = PruneSettings(strategy: "target", align: 8)
    settings.target = target
    settings.score = score.map { StrategyChoice($0) }
    return settings
  }

  private func timed(_ share: Double) -> PruneTarget {
    PruneTarget(
      .latency,
      .share(share),
      place: .init(runtime: .session, times: folder.path("times.tsv"))
    )
  }

  private func step(
    _ settings: PruneSettings,
    _ machine: Machine = Machine(),
    stop: StopRequest? = nil,
    tell: @escaping (RunEvent) -> Void = { _ in }
  ) throws -> PruneStep {
    try PruneStep.run(
      try model(),
      settings: settings,
      registry: registry,
      latency: { _ in machine.timing },
      stop: stop,
      tell: tell
    )
  }

  @Test(arguments: [0.9, 0.7, 0.5])
  func `what is asked is met, though layers alone say something else`(share: Double) throws {
    var target = timed(share)
    target.tolerance = 0.04
    var settings = settings(target)
    settings.align = 4
    let step = try step(settings)
    let outcome = try #require(step.target)
    #expect(abs(outcome.error) <= 0.04, "\(outcome)")
    // By the definition of the machine.
    let after = 0.8 * Double(step.after.cost.multiplyAdds) / 1e6 + 0.5
    #expect(abs(outcome.after - after) < 1e-9)
    #expect(outcome.rounds.count { $0.isTaken } == 1)
    for cut in step.cuts { #expect(cut.kept.count.isMultiple(of: 4), "\(cut.group)") }
  }

  @Test func `layers that were timed are not timed again`() throws {
    let (first, second) = (Machine(), Machine())
    let one = try step(settings(timed(0.7)), first)
    let two = try step(settings(timed(0.5)), second)
    #expect(first.layers > 0)
    #expect(second.layers == 0)
    #expect(two.after.cost.multiplyAdds < one.after.cost.multiplyAdds)
  }

  @Test func `what was timed before an end is kept, and the rest is timed by the next run`() throws
  {
    let whole = Machine()
    _ = try step(settings(timed(0.7)), whole)
    try File.remove(folder.path("times.tsv"))
    let ended = Machine()
    ended.failing = 2
    #expect(throws: Machine.Ended.self) { try step(settings(timed(0.7)), ended) }
    let rest = Machine()
    _ = try step(settings(timed(0.7)), rest)
    #expect(rest.layers == whole.layers - 2)
  }

  @Test func `a wish to stop ends it between layers`() throws {
    let stop = StopRequest()
    let machine = Machine()
    #expect(throws: TargetError.stopped) {
      try step(settings(timed(0.7)), machine, stop: stop) { event in
        if case .timing(let timing) = event, timing.done == 1 { _ = stop.ask() }
      }
    }
    #expect(machine.layers == 2)
  }

  @Test(arguments: [PruneTarget.Figure.macs, .size], [0.8, 0.5])
  func `a counted target is met to within one block and not exceeded`(
    figure: PruneTarget.Figure,
    share: Double
  ) throws {
    let step = try step(settings(PruneTarget(figure, .share(share))))
    let outcome = try #require(step.target)
    #expect(outcome.error <= 0)
    let bytes = Double(try ONNX.encode(step.after.operators.exported(step.after.graph)).count)
    #expect(outcome.after == (figure == .macs ? Double(step.after.cost.multiplyAdds) : bytes))
    // The dearest block by hand: 8 channels of 'b' or of its sum, 2 layers of 32 · 9 · 256 a channel, and 3 · 9 + 48 · 9 · 256 more.
    let block = figure == .macs ? 8.0 * 9 * 256 * Double(32 + 32 + 3 + 48) : 8 * 4 * 9 * 115
    #expect(outcome.asked - outcome.after < block, "\(outcome)")
  }

  @Test func `a target that cannot be reached says what can, and what is never cut`() throws {
    let error = #expect(throws: TargetError.self) {
      try step(settings(PruneTarget(.macs, .share(0.01))))
    }
    let said = error.map { "\($0)" } ?? ""
    #expect(said.contains("the target 0.01x cannot be reached"), "\(said)")
    #expect(said.contains("Never cut: 'f.w'"), "\(said)")
    let least = try step(
      {
        var settings = settings(PruneTarget(.macs, .share(0.2)))
        settings.target?.keepAtLeast = 0
        return settings
      }()
    )
    #expect(least.target?.after ?? 0 > 0)
  }

  @Test func `a target above what the model costs is refused`() throws {
    let error = #expect(throws: TargetError.self) {
      try step(settings(PruneTarget(.macs, .number(1e12))))
    }
    #expect(error.map { "\($0)" }?.contains("no less than the model costs as it is") == true)
  }

  @Test func `groups that are left out or must keep a share do`() throws {
    var target = PruneTarget(.macs, .share(0.7))
    target.exclude = ["a.*"]
    target.keepAtLeast = 0.5
    let step = try step(settings(target))
    #expect(!step.cuts.contains { $0.group == "a.w" })
    for cut in step.cuts { #expect(2 * cut.kept.count >= cut.channels) }
    target.include = ["nothing"]
    #expect(throws: TargetError.noGroup("nothing", nearest: nil)) {
      try self.step(settings(target))
    }
  }

  @Test(arguments: ["lamp", "fpgm"])
  func `any criterion says what channels are worth, and the model says which`(name: String) throws {
    let step = try step(settings(PruneTarget(.macs, .share(0.6)), score: name))
    #expect(step.score?.strategy == name)
    #expect(step.target?.error ?? 1 <= 0)
  }

  @Test func `measured losses decide which group is cut`() throws {
    // Cutting 'e' costs next to nothing, all else is lost at once.
    let points = [0.25, 0.5, 0.9]
    let curves = [("a.w", 1.0), ("c.w", 1.0), ("e.w", 0.001)].map { group, loss in
      LossCurve(group: group, points: points.map { .init(ratio: $0, loss: loss * $0) })
    }
    let file = folder.path("curves.pickle")
    try SensitivityFile.writePickle(curves, to: file)
    var target = PruneTarget(.macs, .share(0.9))
    target.sensitivities = file
    let step = try step(settings(target))
    #expect(step.cuts.map(\.group) == ["e.w"])
  }
}
