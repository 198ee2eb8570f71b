import Graphs
import Models
import Operators
import PluginHost
import PluginKit
import Pruning
import TestNetworks
import TestSupport
import Testing

/// The space of widths on whole networks: what its tokens make is what pruners make.
@Suite(.enabled("the built-in plugins are not built: run make build") { DistillProblem.areBuilt })
struct WidthDecodingTests {
  private let registry = DistillProblem.registry()

  /// A search over one network.
  private final class Search: SearchContext {
    let model: Model
    let context: StrategyContext
    let inputSize: (height: Int, width: Int)? = nil
    let classes: Int? = nil
    let seed: UInt64 = 0
    var network: (any PruningContext)? { context }

    init(_ model: Model) throws {
      self.model = try model.separatingWeights()
      let groups = ChannelGroups(
        self.model.graph,
        facts: self.model.facts,
        operators: self.model.operators
      )
      context = StrategyContext(
        self.model,
        pruning: ChannelPruning(self.model.graph, groups: groups)
      )
    }

    /// The network that a space makes of tokens.
    func network(_ tokens: [Int], of space: PluginSpace) throws -> Model {
      guard case .cuts(let plan) = try space.network(tokens, in: self) else {
        throw PluginError(.internalError, "a model came")
      }
      let resolved = try context.pruning.resolve(plan)
      return try model.replacing(graph: try context.pruning.apply(resolved)).rejoiningWeights()
    }
  }

  /// What two graphs have that a cut changes; metadata tells which strategy cut.
  private func expectEqual(_ a: Graph, _ b: Graph) {
    #expect(a.nodes == b.nodes)
    #expect(a.constants == b.constants)
    #expect(a.outputs == b.outputs)
  }

  private func pruned(
    _ model: Model,
    _ strategy: String,
    _ parameters: [StrategyParameter]
  ) throws -> Model {
    try PruneStep.run(
      model,
      settings: PruneSettings(strategy: strategy, parameters: parameters),
      registry: registry
    ).after
  }

  @Test(
    .enabled(if: TestData.isPresent, Comment(rawValue: TestData.reason)),
    arguments: [
      "yolov3_cards/model.onnx", "yolo11n_bccd/yolo11n_bccd.onnx",
    ]
  )
  func `the start is a real detector, bit for bit, and narrower ones are those of uniform`(
    file: String
  ) throws {
    let path = try #require(TestData.path("models/\(file)"))
    let model = try Model.read(path, inputSize: [1, 3, 160, 160])
    let search = try Search(model)
    let space = try registry.space(named: "width")
    let start = try space.start(in: search)
    #expect(start.count > 5)
    let whole = try search.network(start, of: space)
    #expect(whole.graph == (try search.model.rejoiningWeights()).graph)
    #expect(whole.cost.parameters == model.cost.parameters)

    let together = try registry.space(named: "width", settings: ["blocks": .string("all")])
    #expect(try together.dimensions(in: search).count == 1)
    // 0.625 of every group.
    let narrow = try search.network([3], of: together)
    let uniform = try pruned(model, "uniform", [.init("ratio", .double(0.375))])
    expectEqual(narrow.graph, uniform.graph)
    #expect(narrow.cost.multiplyAdds < whole.cost.multiplyAdds / 2)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `tokens of single groups are the benchmark's list of the same ratios`(
    seed: UInt64
  ) throws {
    let model = try Model.built(
      "yolov3_mobilenet_v1",
      classes: 3,
      form: NetworkForm(width: 0.11),
      inputSize: [1, 3, 96, 96]
    )
    let search = try Search(model)
    let space = try registry.space(
      named: "width",
      settings: ["blocks": .string("group"), "include": .strings(["yolo_block.*"])]
    )
    let dimensions = try space.dimensions(in: search)
    #expect(dimensions.count == 18)
    var random = SeededNumbers(seed)
    let tokens = dimensions.map { _ in Int(random.next() >> 33) % 7 }
    let widths = [0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1]
    let list = try pruned(
      model,
      "list",
      [
        .init("pruned_params", .strings(dimensions.map(\.name))),
        .init("pruned_ratios", .doubles(tokens.map { 1 - widths[$0] })),
      ]
    )
    let narrow = try search.network(tokens, of: space)
    expectEqual(narrow.graph, list.graph)
    #expect(narrow.cost.parameters < model.cost.parameters)
  }
}
