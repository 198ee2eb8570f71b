import Graphs
import Models
import Operators
import PluginKit
import Pruning
import Tensors
import Testing

/// Weights as exporters store them: behind other nodes, shared, in float16.
struct WeightChainsTests {
  private static let values = (0..<48).map { Float($0 % 13) / 8 - 0.5 }

  /// image 1×3×4×4 → Conv 1×1 (3→16) by `weight`, which `chain` makes of the constants.
  private func model(_ chain: [Node], _ constants: NamedTable<Constant>) throws -> Model {
    var graph = Graph(
      nodes: chain + [Node("Conv", name: "layer", inputs: ["x", "weight"], outputs: ["y"])],
      inputs: [ValueInfo("x", .float32, [1, 3, 4, 4])],
      outputs: [ValueInfo("y", .float32, [1, 16, 4, 4])],
      constants: constants,
      model: ModelInfo(opsets: ["": 17], irVersion: 8)
    )
    graph.name = "chain"
    return try Model("chain", graph)
  }

  private static let stored = Constant(values, shape: [16, 3, 1, 1])

  @Test(arguments: ["Identity", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Mul", "two"])
  func `a weight behind a node is a constant of the same values and name`(op: String) throws {
    var (chain, constants): ([Node], NamedTable<Constant>)
    switch op {
    case "Identity":
      (chain, constants) = ([Node(op, inputs: ["w"], outputs: ["weight"])], ["w": Self.stored])
    case "Transpose":
      let turned = (0..<48).map { Self.values[$0 % 16 * 3 + $0 / 16] }
      chain = [
        Node(op, inputs: ["w"], outputs: ["weight"], attributes: ["perm": .ints([1, 0, 2, 3])])
      ]
      constants = ["w": Constant(turned, shape: [3, 16, 1, 1])]
    case "Reshape":
      chain = [Node(op, inputs: ["w", "s"], outputs: ["weight"])]
      constants = ["w": Constant(Self.values, shape: [48]), "s": Constant([16, 3, 1, 1])]
    case "Squeeze":
      chain = [Node(op, inputs: ["w", "s"], outputs: ["weight"])]
      constants = ["w": Constant(Self.values, shape: [1, 16, 3, 1, 1]), "s": Constant([0])]
    case "Unsqueeze":
      chain = [Node(op, inputs: ["w", "s"], outputs: ["weight"])]
      constants = ["w": Constant(Self.values, shape: [16, 3]), "s": Constant([2, 3])]
    case "Mul":
      chain = [Node(op, inputs: ["w", "two"], outputs: ["weight"])]
      constants = [
        "w": Constant(Self.values.map { $0 / 2 }, shape: [16, 3, 1, 1]),
        "two": Constant([2 as Float], shape: []),
      ]
    default:
      chain = [
        Node("Identity", inputs: ["w"], outputs: ["a"]),
        Node("Identity", inputs: ["a"], outputs: ["weight"]),
      ]
      constants = ["w": Self.stored]
    }
    let folded = try model(chain, constants).foldingWeights()
    #expect(folded.graph.nodes.map(\.op) == ["Conv"])
    #expect(folded.graph.constants["w"]?.floats == Self.values)
    #expect(folded.graph.constants.names == ["w"])
  }

  @Test func `a weight that another node reads too keeps its constant`() throws {
    var model = try model(
      [Node("Identity", inputs: ["w"], outputs: ["weight"])],
      ["w": Self.stored]
    )
    var graph = model.graph
    graph.nodes.append(Node("Relu", name: "other", inputs: ["w"], outputs: ["z"]))
    graph.outputs.append(ValueInfo("z", .float32, [16, 3, 1, 1]))
    model = try Model("chain", graph).foldingWeights()
    #expect(model.graph.constants["w"] == Self.stored)
    #expect(model.graph.constants["weight"]?.floats == Self.values)
  }

  @Test func `what quantization made stays as it is`() throws {
    let numbers = Constant(
      type: .int8,
      shape: [16, 3, 1, 1],
      bytes: Bytes((0..<48).map { Int8($0) })
    )
    let model = try model(
      [Node("DequantizeLinear", name: "d", inputs: ["q", "s"], outputs: ["weight"])],
      ["q": numbers, "s": Constant([0.5 as Float], shape: [])]
    )
    #expect(try model.foldingWeights().graph == model.graph)
  }

  @Test func `two layers that share a stored weight are cut apart, and joined where equal`() throws
  {
    let weight = Constant((0..<16).map { Float($0) }, shape: [4, 4, 1, 1])
    let graph = Graph(
      nodes: [
        Node("Conv", name: "a", inputs: ["x", "w"], outputs: ["u"]),
        Node("Conv", name: "b", inputs: ["u", "w"], outputs: ["v"]),
        Node("Conv", name: "c", inputs: ["v", "end"], outputs: ["y"]),
      ],
      inputs: [ValueInfo("x", .float32, [1, 4, 2, 2])],
      outputs: [ValueInfo("y", .float32, [1, 2, 2, 2])],
      constants: [
        "w": weight, "end": Constant([Float](repeating: 1, count: 8), shape: [2, 4, 1, 1]),
      ],
      model: ModelInfo(opsets: ["": 17], irVersion: 8)
    )
    let model = try Model("shared", graph)
    let separated = try model.separatingWeights()
    #expect(Set(separated.graph.nodes.prefix(2).map { $0.inputs[1] }).count == 2)
    #expect(try separated.rejoiningWeights().graph == model.graph)
    let groups = ChannelGroups(separated.graph, facts: separated.facts, operators: .standard)
    let pruning = ChannelPruning(separated.graph, groups: groups)
    let plan = PruningPlan(cuts: ["w": .channels([0])])
    let cut = try pruning.apply(pruning.resolve(plan))
    // The first layer loses a filter, the second an input: with one constant for both, neither could.
    let small = try Model("small", cut).rejoiningWeights()
    #expect(
      small.graph.nodes.prefix(2).map { small.graph.constants[$0.inputs[1]]?.shape } == [
        [3, 4, 1, 1], [4, 3, 1, 1],
      ]
    )
  }

  @Test func `a float16 network is computed in float32 and goes back to float16`() throws {
    let half: [UInt16] = [0x3C00, 0xC000, 0x3555, 0x7BFF]
    let graph = Graph(
      nodes: [
        Node("Cast", name: "in", inputs: ["x"], outputs: ["h"], attributes: ["to": .int(10)]),
        Node("Conv", name: "layer", inputs: ["h", "w"], outputs: ["y"]),
      ],
      inputs: [ValueInfo("x", .float32, [1, 4, 2, 2])],
      outputs: [ValueInfo("y", .float16, [1, 1, 2, 2])],
      constants: ["w": Constant(type: .float16, shape: [1, 4, 1, 1], bytes: Bytes(half))],
      model: ModelInfo(opsets: ["": 17], irVersion: 8)
    )
    let model = try Model("half", graph)
    let wide = try model.computed()
    #expect(wide.graph.constants["w"]?.floats == [1, -2, 0.333251953125, 65504])
    #expect(wide.graph.outputs[0].type.element == .float16)
    #expect(wide.facts["y"].element == .float16)
    var learned = wide.graph
    learned.constants["w"] = Constant([1.0001, -2, 0.25, 1] as [Float], shape: [1, 4, 1, 1])
    let back = try Model("half", learned).bringingBack(to: model)
    #expect(back.graph.nodes == model.graph.nodes)
    #expect(back.graph.constants["w"]?.type == .float16)
    #expect(back.graph.constants["w"]?.floats == [1, -2, 0.25, 1])
  }

  @Test func `what is not executed here is cut off, and named where a value needs it`() throws {
    let graph = Graph(
      nodes: [
        Node("Relu", name: "r", inputs: ["x"], outputs: ["a"]),
        Node("Choose", name: "nms", domain: "vendor", inputs: ["a"], outputs: ["y"]),
      ],
      inputs: [ValueInfo("x", .float32, [1, 4])],
      outputs: [ValueInfo("y", .float32)],
      model: ModelInfo(opsets: ["": 17, "vendor": 1], irVersion: 8)
    )
    let model = try Model("foreign", graph)
    #expect(try model.computed().graph.outputs.map(\.name) == ["a"])
    let error = #expect(throws: OperatorError.self) {
      try model.part(given: ["x"], computing: ["y"])
    }
    #expect("\(try #require(error))".contains("vendor.Choose"))
  }
}
