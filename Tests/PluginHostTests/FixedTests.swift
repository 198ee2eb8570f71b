import FoundationEssentials
import PluginHost
import PluginKit
import Testing

private let builtLibrary: String? = {
  let path = Workshop.packageRoot + "/.build/release/libEspalierFixed.so"
  return FileManager.default.fileExists(atPath: path) ? path : nil
}()

/// The built-in strategies, through the same door as everyone's.
@Suite(.enabled(if: builtLibrary != nil, "libEspalierFixed.so is not built: run make build"))
struct FixedTests {
  private let workshop: Workshop
  private let registry: PluginRegistry

  init() throws {
    workshop = try Workshop()
    let library = try #require(builtLibrary)
    let target = workshop.plugins + "/libEspalierFixed.so"
    try FileManager.default.copyItem(atPath: library, toPath: target)
    let manifest = try Data(
      contentsOf: URL(filePath: Workshop.packageRoot + "/Plugins/Fixed/manifest.json")
    )
    try workshop.write(
      String(decoding: manifest, as: UTF8.self),
      to: "EspalierFixed.manifest.json"
    )
    registry = Self.registry(in: workshop)
  }

  private static func registry(in workshop: Workshop) -> PluginRegistry {
    workshop.registry { policy in
      policy.folders = [.init(path: policy.folders[0].path, origin: .builtIn)]
      policy.allowsUnpinned = true
    }
  }

  private static let head: [(name: String, channels: Int)] = {
    var layers: [(String, Int)] = []
    for block in 0..<3 {
      let c = 512 >> block
      for (part, channels) in zip(
        ["0.0", "0.1", "1.0", "1.1", "2", "tip"],
        [c, 2 * c, c, 2 * c, c, 2 * c]
      ) {
        layers.append(("yolo_block.\(block).\(part).conv.weights", channels))
      }
    }
    return layers
  }()

  private func kept(_ plan: PruningPlan, _ model: SmallModel) -> [Int] {
    model.groups.map { group in
      guard case .ratio(let ratio)? = plan.cuts[group.name] else { return group.channels }
      let removed = (Double(group.channels) * ratio).rounded(.toNearestOrEven)
      return group.channels - Int(removed)
    }
  }

  @Test func `lists its strategies without loading`() {
    #expect(registry.strategyIDs == ["list", "r578", "sensity", "uniform"])
    #expect(registry.listing().map(\.verdict) == [.ready])
  }

  @Test func `uniform cuts every group by the same ratio`() throws {
    let model = SmallModel([("a", 8), ("b", 16)])
    let pruner = try registry.pruner(named: "uniform", settings: ["ratio": .double(0.25)])
    #expect(
      try pruner.plan(for: model) == PruningPlan(cuts: ["a": .ratio(0.25), "b": .ratio(0.25)])
    )
    #expect(pruner.scorer == nil)
    #expect(pruner.provenance.plugin == "espalier.fixed")
    #expect(pruner.provenance.sha256.count == 64)
  }

  @Test func `uniform includes and excludes by name and by expression`() throws {
    let model = SmallModel([("head.0", 8), ("head.1", 8), ("body.0", 8)])
    let pruner = try registry.pruner(
      named: "uniform",
      settings: [
        "ratio": .string("0.5"), "include": .string("head.*"), "exclude": .strings(["head.1"]),
        "score": .string("org.example.l2"),
      ]
    )
    #expect(
      try pruner.plan(for: model)
        == PruningPlan(cuts: ["head.0": .ratio(0.5)], score: "org.example.l2")
    )
  }

  @Test func `uniform refuses a selection that matches nothing`() throws {
    let pruner = try registry.pruner(named: "uniform", settings: ["include": .string("haed.*")])
    let error = try #require(throws: PluginError.self) {
      try pruner.plan(for: SmallModel([("head.0", 8)]))
    }
    #expect(error.code == .notFound)
    #expect(error.origin == PluginError.Origin(plugin: "espalier.fixed", function: "plan"))
    #expect(error.message.contains("\"haed.*\" in \"include\" matches no channel group"))
  }

  @Test func `r578 keeps the channels of the benchmark`() throws {
    let model = SmallModel(Self.head, perChannel: 1)
    let plan = try registry.pruner(named: "r578").plan(for: model)
    #expect(
      kept(plan, model) == [
        256, 512, 256, 512, 256, 512, 77, 154, 77, 154, 77, 154, 26, 51, 26, 51, 26, 51,
      ]
    )
  }

  @Test func `sensity keeps the channels of the benchmark`() throws {
    let model = SmallModel(Self.head, perChannel: 1)
    let plan = try registry.pruner(named: "sensity").plan(for: model)
    #expect(
      kept(plan, model) == [
        461, 819, 410, 819, 410, 922, 205, 358, 179, 358, 205, 461, 90, 154, 77, 154, 77, 179,
      ]
    )
  }

  @Test func `list takes the benchmark's two texts`() throws {
    let model = SmallModel(Self.head, perChannel: 1)
    let pruner = try registry.pruner(
      named: "list",
      settings: [
        "pruned_params": .string("yolo_block.0.0.0.conv.weights,yolo_block.0.tip.conv.weights"),
        "pruned_ratios": .string("0.5, 0.7"),
      ]
    )
    #expect(
      try pruner.plan(for: model).cuts == [
        "yolo_block.0.0.0.conv.weights": .ratio(0.5), "yolo_block.0.tip.conv.weights": .ratio(0.7),
      ]
    )
  }

  @Test func `list refuses texts of different lengths`() throws {
    #expect(throws: PluginHostError.self) {
      try registry.pruner(
        named: "list",
        settings: ["pruned_params": .string("a,b"), "pruned_ratios": .string("0.5")]
      )
    }
  }

  @Test func `r578 on another model names what is missing`() throws {
    let error = try #require(throws: PluginError.self) {
      try registry.pruner(named: "r578").plan(for: SmallModel([("conv1", 8)]))
    }
    #expect(error.message.contains("\"yolo_block.0.0.0.conv.weights\" names no channel group"))
  }

  @Test func `is unknown once its library's manifest is gone`() throws {
    try FileManager.default.removeItem(atPath: workshop.plugins + "/EspalierFixed.manifest.json")
    let empty = workshop.registry()
    let error = try #require(throws: PluginHostError.self) { try empty.pruner(named: "uniform") }
    guard case .unknownStrategy("uniform", nil, [], .pruner, nil) = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test(arguments: [true, false])
  func `is unknown once its library is gone`(before: Bool) throws {
    let library = workshop.plugins + "/libEspalierFixed.so"
    if !before { #expect(registry.strategyIDs.contains("uniform")) }
    try FileManager.default.removeItem(atPath: library)
    // Found without the library, or found with it and asked for when it was gone.
    let registry = before ? Self.registry(in: workshop) : registry
    let error = try #require(throws: PluginHostError.self) { try registry.pruner(named: "uniform") }
    guard
      case .unknownStrategy(
        "uniform",
        nil,
        before ? [] : registry.strategyIDs,
        .pruner,
        let absence?
      ) = error
    else {
      Issue.record("\(error)")
      return
    }
    #expect(absence.manifest == workshop.plugins + "/EspalierFixed.manifest.json")
    #expect(absence.library == library)
    let candidate = try #require(registry.listing().first)
    guard case .refused(let refusal) = candidate.verdict else {
      Issue.record("\(candidate)")
      return
    }
    #expect(refusal.code == .fileMissing)
    #expect(candidate.description.contains("2 file: no, ESP-P201 \(library)") || !before)
  }
}
