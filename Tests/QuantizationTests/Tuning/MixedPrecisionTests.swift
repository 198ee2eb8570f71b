import Evaluation
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

struct MixedPrecisionTests {
  @Test(arguments: [
    (0, [0]), (1, [0, 1]), (2, [0, 1, 2]), (3, [0, 1, 2, 4, 3]), (5, [0, 1, 2, 4, 8, 6, 5]),
    (9, [0, 1, 2, 4, 8, 10, 9]), (10, [0, 1, 2, 4, 8, 10, 9]),
  ])
  func `the fewest are found by doubling, then halving`(needed: Int, path: [Int]) {
    var tried: [Int] = []
    let found = MixedPrecision.fewest(upTo: 10) { count in
      tried.append(count)
      return count >= needed
    }
    #expect(found == needed)
    #expect(tried == path)
  }

  @Test(arguments: [0, 1, 3, 10])
  func `the search ends where as many as may are not enough`(most: Int) {
    var tried: [Int] = []
    let found = MixedPrecision.fewest(upTo: most) { count in
      tried.append(count)
      return false
    }
    #expect(found == nil)
    #expect(tried.last == most)
    #expect(Set(tried).count == tried.count)
  }

  /// A chain of layers; in those poisoned, the weight of a channel that is always zero makes the steps forty times as large.
  private func chain(poisoned: Set<String>) -> Graph {
    var net = SmallNetwork(seed: 8)
    net.convolve("a", "x", 3, 16)
    net.add("Relu", "ra", ["a"])
    for (name, input) in [("b", "ra"), ("c", "rb"), ("d", "rc")] {
      net.convolve(name, input, 16, 16)
      net.add("Relu", "r\(name)", [name])
    }
    net.convolve("e", "rd", 16, 4)
    net.finish(["e"])
    var graph = net.graph
    for name in ["a", "b", "c", "d"] {
      guard var bias = graph.constants["\(name).b"]?.floats else { continue }
      bias[0] = -100
      graph.constants["\(name).b"] = Constant(bias, shape: [16])
    }
    for name in poisoned {
      guard let weight = graph.constants["\(name).w"], var values = weight.floats else { continue }
      for filter in 0..<16 { values[filter * 144 + 4] = 12 }
      graph.constants["\(name).w"] = Constant(values, shape: weight.shape)
    }
    return graph
  }

  /// How well outputs agree with the float network's.
  private final class Agreement: EvaluationSet {
    let images = SmallNetwork.images(4)
    let wanted: [[Float]]
    let count = 4
    let contentHash = ""
    let metricName = "agreement"

    init(_ graph: Graph) throws {
      let images = images
      wanted = try (0..<4).map {
        try Session(graph).run(try images.inputs($0))["e"]?.floats() ?? []
      }
    }

    func inputs(_ range: Range<Int>) throws -> [String: Tensor] {
      try images.inputs(range.lowerBound)
    }

    func records(_ outputs: [String: Tensor], _ range: Range<Int>) throws -> [ImageRecord] {
      let made = try outputs["e"]?.floats() ?? []
      let truth = wanted[range.lowerBound]
      let error = zip(made, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let signal = truth.reduce(0) { $0 + $1 * $1 }
      return [.agreement(1 - Double((error / signal).squareRoot()))]
    }

    func metric(_ records: [ImageRecord], sample: [Int]?) throws -> Double {
      let values = records.compactMap { if case .agreement(let value) = $0 { value } else { nil } }
      return values.reduce(0, +) / Double(values.count)
    }
  }

  private func step(
    _ graph: Graph,
    _ goal: QuantizationPlan.Goal?,
    skip: [String] = [],
    measured: Bool = true
  ) throws -> QuantizeStep {
    var settings = QuantizeSettings(strategy: "plain")
    settings.target = .openVINO
    settings.skip = skip
    var surroundings = QuantizeStep.Surroundings(
      registry: PluginRegistry(policy: PluginPolicy.standard(manifests: []))
    )
    if measured { surroundings.evaluation = { try Agreement($0.graph) } }
    return try QuantizeStep.run(
      Model("chain", graph),
      settings: settings,
      quantizer: PlainQuantizer(wishes: QuantizationPlan(goal: goal)),
      provenance: .ofTest,
      images: SmallNetwork.images(8),
      surroundings: surroundings
    )
  }

  private func decibels(_ step: QuantizeStep) -> Double {
    step.outputs.map(\.noise.decibels).min() ?? 0
  }

  @Test(arguments: [["c"], ["b", "d"]])
  func `only the poisonous layers stay float for a signal by noise`(poisoned: [String]) throws {
    let graph = chain(poisoned: Set(poisoned))
    let whole = decibels(try step(graph, nil))
    let spared = decibels(try step(graph, nil, skip: poisoned.map { "\($0).w" }))
    #expect(spared > whole + 6)
    let found = try step(graph, .init(leastDecibels: spared - 1))
    let search = try #require(found.mixed)
    #expect(Set(search.layers) == Set(poisoned.map { "n.\($0)" }))
    #expect(search.trials.map(\.count) == Array(0...poisoned.count))
    #expect(
      search.trials.map(\.isEnough) == Array(repeating: false, count: poisoned.count) + [true]
    )
    #expect(abs((search.trials.first?.decibels ?? 0) - whole) < 1e-6)
    #expect(
      Set(found.placement.floats.map(\.name)) == Set(poisoned.map { "n.\($0)" })
    )
    #expect(found.placement.floats.allSatisfy { $0.reason == "left float to reach the goal" })
    #expect(decibels(found) >= spared - 1)
  }

  @Test func `only the poisonous layer stays float for a metric`() throws {
    let found = try step(chain(poisoned: ["c"]), .init(metricDrop: 0.05))
    let search = try #require(found.mixed)
    #expect(search.layers == ["n.c"])
    #expect(abs((search.reference ?? 0) - 1) < 1e-5)
    #expect(search.trials.map { ($0.metric ?? 0) >= 0.95 } == [false, true])
    #expect(search.text.contains("1 float: metric"))
  }

  @Test func `a goal that is reached at once leaves nothing float`() throws {
    let found = try step(chain(poisoned: []), .init(metricDrop: 0.05, leastDecibels: 20))
    #expect(found.mixed?.trials.map(\.count) == [0])
    #expect(found.placement.floats.isEmpty)
  }

  @Test func `a goal out of reach fails with the figures`() throws {
    let error = try #require(throws: QuantizationError.self) {
      _ = try step(chain(poisoned: ["c"]), .init(leastDecibels: 500, mostFloat: 3))
    }
    #expect("\(error)".contains("3 layers"))
    #expect("\(error)".contains("2 float: "))
    #expect("\(error)".contains("max_float"))
  }

  @Test func `a metric without labelled images is refused with the cure`() throws {
    let error = try #require(throws: QuantizationError.self) {
      _ = try step(chain(poisoned: []), .init(metricDrop: 0.05), measured: false)
    }
    #expect("\(error)".contains("--data"))
  }
}
