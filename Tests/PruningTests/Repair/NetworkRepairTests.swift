import Graphs
import Models
import Operators
import PluginKit
import Pruning
import Tensors
import TestNetworks
import TestSupport
import Testing

struct NetworkRepairTests {
  /// A network cut by a plan, and repaired.
  private struct Repaired {
    let before: Model
    let cut: Model
    let after: Model
    let record: RepairRecord

    init(_ graph: Graph, _ plan: PruningPlan, images: DrawnImages) throws {
      before = try Model("net", graph)
      let subject = try PruningSubject(before)
      let resolved = try subject.resolve(plan, scorer: nil)
      cut = try subject.model(after: resolved)
      (after, record) = try NetworkRepair(before, cut, cut: resolved).repaired(images)
    }

    /// The greatest difference from the uncut network over other images.
    func difference(_ model: Model, shape: [Int] = [1, 3, 8, 8]) throws -> Float {
      let images = SmallNetwork.images(3, shape: shape, seed: 77)
      var greatest: Float = 0
      for index in 0..<images.count {
        let wanted = try outputs(before, images.inputs(index))
        for (name, tensor) in try outputs(model, images.inputs(index)) {
          let expected = try #require(wanted[name])
          greatest = max(
            greatest,
            try (tensor - expected).abs().max().floats().first ?? .infinity
          )
        }
      }
      return greatest
    }

    private func outputs(_ model: Model, _ inputs: [String: Tensor]) throws -> [String: Tensor] {
      try Session(model.graph, operators: model.operators).run(inputs)
    }
  }

  /// Half of the filters of `a` are sums of the others behind no function, so that nothing is lost with them.
  private static func redundant(
    then add: (inout SmallNetwork) -> Void
  ) -> Graph {
    var net = SmallNetwork()
    net.convolve("a", "x", 3, 8)
    let own = net.floats(4 * 27, scale: 0.3)
    var mixed: [Float] = []
    for row in 0..<4 {
      for place in 0..<27 {
        let next = own[(row + 1) % 4 * 27 + place]
        mixed.append(own[row * 27 + place] * 0.7 - next)
      }
    }
    net.constant("a.w", Constant(own + mixed, shape: [8, 3, 3, 3]))
    net.constant("a.b", Constant([0.1, 0.2, 0.3, 0.4, 2, 2, 2, 2], shape: [8]))
    add(&net)
    return net.graph
  }

  private let plan = PruningPlan(cuts: ["a.w": .channels([4, 5, 6, 7])])

  @Test func `channels that the others tell are made up for`() throws {
    let graph = Self.redundant { net in
      net.convolve("b", "a", 8, 6)
      net.add("Relu", "rb", ["b"])
      net.convolve("c", "rb", 6, 4)
      net.finish(["c"])
    }
    let repaired = try Repaired(graph, plan, images: SmallNetwork.images(12))
    #expect(try repaired.difference(repaired.cut) > 0.1)
    // Places at the border read zeros beside them, of which constant channels tell more than the others do.
    #expect(try repaired.difference(repaired.after) < 0.5 * repaired.difference(repaired.cut))
    #expect(repaired.record.layers.map(\.name).first == "n.b")
    #expect(repaired.record.isKept)
  }

  @Test(arguments: ["bias", "new bias", "norm"])
  func `a constant channel that goes passes into what adds a constant`(kind: String) throws {
    // The second channel of `a` is 2 everywhere; a layer of one place sees nothing of the border.
    var net = SmallNetwork()
    net.constant("a.w", Constant([0.5, -0.25, 1, 0, 0, 0], shape: [2, 3, 1, 1]))
    net.constant("a.b", Constant([0, 2], shape: [2]))
    net.add("Conv", "a", ["x", "a.w", "a.b"])
    net.constant("b.w", Constant([1, 3, -2, 0.5], shape: [2, 2, 1, 1]))
    net.constant("b.b", Constant([1, -1], shape: [2]))
    net.add("Conv", "b", ["a", "b.w"] + (kind == "bias" ? ["b.b"] : []))
    if kind == "norm" {
      for (name, values) in [
        ("s", [1.5, 0.5]), ("o", [0, 1]), ("m", [0.25, 4]), ("v", [1, 2]),
      ] as [(String, [Float])] {
        net.constant(name, Constant(values, shape: [2]))
      }
      net.add("BatchNormalization", "y", ["b", "s", "o", "m", "v"])
    } else {
      net.add("Relu", "y", ["b"])
    }
    net.finish(["y"])
    let repaired = try Repaired(
      net.graph,
      PruningPlan(cuts: ["a.w": .channels([1])]),
      images: SmallNetwork.images(8)
    )
    #expect(try repaired.difference(repaired.cut) > 0.1)
    #expect(try repaired.difference(repaired.after) < 1e-4)
    let layer = try #require(repaired.after.graph.nodes.first { $0.name == "n.b" })
    #expect((layer.input(2) != nil) == (kind != "norm"))
    // 3 · 2 and 0.5 · 2 are what the channel added.
    let constants = repaired.after.graph.constants
    switch kind {
    case "bias": #expect(close(constants["b.b"]?.floats, [7, 0]))
    case "new bias": #expect(close(layer.input(2).flatMap { constants[$0]?.floats }, [6, 1]))
    default: #expect(close(constants["m"]?.floats, [-5.75, 3]))
    }
  }

  private func close(_ found: [Float]?, _ wanted: [Float]) -> Bool {
    guard let found, found.count == wanted.count else { return false }
    return zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-3 }
  }

  @Test func `layers beside the cut are not touched`() throws {
    let graph = Self.redundant { net in
      net.convolve("b", "a", 8, 4)
      net.convolve("other", "x", 3, 4)
      net.convolve("more", "other", 4, 4)
      net.finish(["b", "more"])
    }
    let repaired = try Repaired(graph, plan, images: SmallNetwork.images(8))
    for name in ["other.w", "other.b", "more.w", "more.b"] {
      #expect(repaired.after.graph.constants[name] == graph.constants[name])
    }
    #expect(repaired.record.layers.allSatisfy { $0.name == "n.b" })
  }

  @Test(arguments: UInt64(0)..<24)
  func `random networks come no farther from what they were`(seed: UInt64) throws {
    let graph = RandomNetwork(seed: seed).graph
    let model = try Model("net", graph)
    let subject = try PruningSubject(model)
    var cuts: [String: PruningPlan.Cut] = [:]
    for group in subject.context.groups { cuts[group.name] = .ratio(0.4) }
    let repaired = try Repaired(
      graph,
      PruningPlan(cuts: cuts),
      images: SmallNetwork.images(16, shape: [1, 3, 6, 6])
    )
    try repaired.after.graph.verify()
    #expect(repaired.after.cost.multiplyAdds == repaired.cut.cost.multiplyAdds)
    let outputs = try #require(repaired.record.outputs)
    #expect(repaired.record.isKept == (outputs.repaired < outputs.cut))
    if !repaired.record.isKept {
      #expect(repaired.after.graph == repaired.cut.graph)
    }
  }

  @Test func `one image is too few`() throws {
    let graph = Self.redundant { net in
      net.convolve("b", "a", 8, 4)
      net.finish(["b"])
    }
    #expect(throws: RepairError.tooFewImages(1, batch: 1)) {
      try Repaired(graph, plan, images: SmallNetwork.images(1))
    }
  }

  @Test func `the same images and seed give the same bytes`() throws {
    let (graph, images) = (
      RandomNetwork(seed: 5).graph, SmallNetwork.images(8, shape: [1, 3, 6, 6])
    )
    var cuts: [String: PruningPlan.Cut] = [:]
    for group in try PruningSubject(Model("net", graph)).context.groups {
      cuts[group.name] = .ratio(0.3)
    }
    let first = try Repaired(graph, PruningPlan(cuts: cuts), images: images)
    let second = try Repaired(graph, PruningPlan(cuts: cuts), images: images)
    #expect(first.after.graph == second.after.graph)
    #expect(first.record == second.record)
  }
}
