import Graphs
import Models
import Operators
import PluginHost
import PluginKit
import Quantization
import Synchronization
import Tensors
import TestNetworks
import Testing

/// How often the float network runs while attempts are compared with it.
struct FloatValuesTests {
  /// How often the network's first function was computed.
  private final class Count: Sendable {
    let value = Mutex(0)
    var now: Int { value.withLock { $0 } }
  }

  /// Four layers behind a rectifier of another domain, which is computed once a run of either network.
  private func model(counting count: Count) throws -> Model {
    let rectifier = try #require(OperatorSet.standard[name: "Relu"])
    let kernel = try #require(rectifier.kernel)
    var operators = OperatorSet.standard
    operators.add(
      Operator(
        "Counted",
        domain: "acme",
        shapes: rectifier.shapes,
        kernel: { call in
          count.value.withLock { $0 += 1 }
          return try kernel(call)
        }
      )
    )
    var net = SmallNetwork(seed: 5)
    net.add("Counted", "counted", ["x"])
    net.convolve("a", "counted", 3, 8)
    net.add("Relu", "ra", ["a"])
    net.convolve("b", "ra", 8, 8)
    net.add("Sigmoid", "sb", ["b"])
    net.convolve("c", "sb", 8, 8)
    net.add("Relu", "rc", ["c"])
    net.convolve("d", "rc", 8, 4)
    net.finish(["d"])
    var graph = net.graph
    graph.model.opsets["acme"] = 1
    graph.nodes[0].domain = "acme"
    return try Model("counted", graph, operators: operators)
  }

  private func step(
    _ model: Model,
    goal: QuantizationPlan.Goal?,
    tried: Int? = nil,
    memory: Int? = nil,
    candidates: [(String, RangeEstimate)] = []
  ) throws -> QuantizeStep {
    var settings = QuantizeSettings(strategy: "plain")
    settings.target = .openVINO
    var surroundings = QuantizeStep.Surroundings(
      registry: PluginRegistry(policy: PluginPolicy.standard(manifests: []))
    )
    if let memory { surroundings.memory = memory }
    return try QuantizeStep.run(
      model,
      settings: settings,
      quantizer: PlainQuantizer(wishes: QuantizationPlan(goal: goal, tried: tried)),
      provenance: .ofTest,
      images: SmallNetwork.images(6),
      surroundings: surroundings
    ) { _ in
      QuantizationCandidates(
        parameter: "algorithm",
        choices: candidates.map { ($0.0, PlainQuantizer(estimate: $0.1)) }
      )
    }
  }

  @Test func `the float network runs once an image, whatever the number of trials`() throws {
    let count = Count()
    let model = try model(counting: count)
    // 3 layers may become float of 4, and no number of them is enough for a distance of 500 dB: 0, 1, 2 and 3 are tried.
    #expect(throws: QuantizationError.self) {
      try step(model, goal: .init(leastDecibels: 500, mostFloat: 3))
    }
    // 6 images are calibrated; 4 are compared, in the float network once and in the quantized one in each of 4 trials.
    #expect(count.now == 6 + 4 + 4 * 4)
  }

  @Test(arguments: [(0, 8), (1 << 30, 4)])
  func `what does not fit is run again`(memory: Int, floatRuns: Int) throws {
    let count = Count()
    let model = try model(counting: count)
    // 1 layer left float is the last that is tried.
    #expect(throws: QuantizationError.self) {
      try step(model, goal: .init(leastDecibels: 500, mostFloat: 1), memory: memory)
    }
    #expect(count.now == 6 + floatRuns + 2 * 4)
  }

  @Test func `as many images are kept as fit`() throws {
    let count = Count()
    let model = try model(counting: count)
    // Of an image: 3 x 8 x 8 of the input, three times 8 x 8 x 8 and 4 x 8 x 8 of layers, 4 bytes each.
    let image = (3 + 8 + 8 + 8 + 4) * 64 * 4
    #expect(throws: QuantizationError.self) {
      try step(model, goal: .init(leastDecibels: 500, mostFloat: 1), memory: 3 * image - 1)
    }
    // 2 of 4 are kept, the others run in both trials.
    #expect(count.now == 6 + (2 + 2 * 2) + 2 * 4)
  }

  @Test func `without room the search and what it finds are the same`() throws {
    let model = try model(counting: Count())
    let whole = try step(model, goal: nil)
    let reached = try #require(whole.outputs.first?.noise.decibels)
    let goal = QuantizationPlan.Goal(leastDecibels: reached + 1)
    let (kept, again) = (try step(model, goal: goal), try step(model, goal: goal, memory: 0))
    #expect(kept.mixed?.trials.isEmpty == false && kept.mixed == again.mixed)
    #expect(kept.after.graph == again.after.graph)
    #expect(kept.outputs.map(\.noise) == again.outputs.map(\.noise))
    #expect(kept.layers.map(\.result) == again.layers.map(\.result))
    #expect(kept.layers.contains { $0.result != nil })
  }

  @Test func `choices of a parameter are compared with one run an image`() throws {
    let count = Count()
    let model = try model(counting: count)
    let step = try step(
      model,
      goal: nil,
      tried: 0,
      candidates: [
        ("extremes", .extremes), ("half", .percentile(share: 0.5)), ("moments", .moments),
      ]
    )
    #expect(step.choice?.images == 6)
    // Calibration; then the float network and 3 quantized ones on 6 images; then both on 4.
    #expect(count.now == 6 + 6 + 3 * 6 + 2 * 4)
  }
}
