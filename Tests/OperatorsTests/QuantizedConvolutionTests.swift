import Graphs
import Operators
import Tensors
import Testing
import TestSupport

/// Convolutions between whole numbers against the nodes' own kernels, which are tested against ONNX Runtime.
struct QuantizedConvolutionTests {
  /// What one case is about.
  struct Case: CustomTestStringConvertible {
    var name: String
    /// The greatest magnitude of a weight; sums of larger ones than 64 overflow on processors without VNNI.
    var peak: Float = 63
    var group = 1
    var pads = [1, 1, 1, 1]
    var tail = ["Relu"]
    var isPerChannel = true
    var bias = "int32"
    var isQuantized = true

    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "relu"),
    Case(name: "no activation, one scale", tail: [], isPerChannel: false),
    Case(name: "bounds", tail: ["Clip"]),
    Case(name: "depthwise", group: 8),
    Case(name: "uneven pads", pads: [0, 1, 2, 1]),
    Case(name: "bias of floats", bias: "float"),
    Case(name: "no bias", bias: "none"),
    Case(name: "a result that stays float", isQuantized: false),
  ]

  @Test(arguments: cases)
  func `differs from the nodes by one step at most`(_ item: Case) throws {
    let (plain, fast, nodes) = try run(item)
    // Halves may be rounded either way, since scales are multiplied in another order.
    let step = item.isQuantized ? 1.0 : 1e-4
    let differences = zip(plain, fast).map { abs($0 - $1) }
    #expect(Distance(of: plain, from: fast).worst <= step)
    if item.isQuantized {
      #expect(differences.count { $0 > 0 } * 100 < differences.count)
      #expect(Set(plain).count > 20)
    }
    // What restores weight, bias and image is not executed.
    #expect(nodes.fast == nodes.plain - (item.bias == "int32" ? 3 : 2))
  }

  @Test func `leaves large weights to the nodes where sums of bytes overflow`() throws {
    let (plain, fast, _) = try run(Case(name: "large", peak: 127))
    #expect(Distance(of: plain, from: fast).worst <= 1)
  }

  /// The result of plain and of fast execution, and how many nodes each executed.
  private func run(
    _ item: Case
  ) throws -> (plain: [Double], fast: [Double], nodes: (plain: Int, fast: Int)) {
    let graph = graph(item)
    var draw = Draw(seed: 4)
    let image = try draw.constant([2, 8, 9, 11], scale: 2).tensor()
    let plain = Session(graph, memory: 0)
    let fast = Session(graph, mode: .fast, memory: 0)
    let results = try [plain, fast].map { session in
      try #require(session.run(["x": image]).values.first).doubles()
    }
    return (results[0], results[1], (plain.statistics.nodes, fast.statistics.nodes))
  }

  private func graph(_ item: Case) -> Graph {
    var draw = Draw(seed: 8)
    let filters = 8
    let weights = draw.floats(filters * 8 / item.group * 9, scale: item.peak)
      .map { Int8($0.rounded()) }
    let scales = item.isPerChannel ? draw.floats(filters).map { 0.002 + abs($0) / 200 } : [0.004]
    var constants: NamedTable<Constant> = [
      "xs": Constant([0.02], shape: []),
      "xz": Constant(type: .uint8, shape: [], bytes: Bytes([UInt8(117)])),
      "w": Constant(type: .int8, shape: [filters, 8 / item.group, 3, 3], bytes: Bytes(weights)),
      "ws": Constant(scales, shape: item.isPerChannel ? [filters] : []),
      "ys": Constant([0.05], shape: []),
      "yz": Constant(type: .uint8, shape: [], bytes: Bytes([UInt8(20)])),
      "low": Constant([-0.5], shape: []), "high": Constant([3], shape: []),
    ]
    var nodes = [
      Node("QuantizeLinear", inputs: ["x", "xs", "xz"], outputs: ["q"]),
      Node("DequantizeLinear", inputs: ["q", "xs", "xz"], outputs: ["d"]),
      Node(
        "DequantizeLinear",
        inputs: ["w", "ws"],
        outputs: ["v"],
        attributes: ["axis": .int(0)]
      ),
    ]
    switch item.bias {
    case "int32":
      let steps = draw.floats(filters, scale: 20_000).map { Int32($0) }
      constants["b"] = Constant(type: .int32, shape: [filters], bytes: Bytes(steps))
      constants["bs"] = Constant(scales.map { $0 * 0.02 }, shape: constants["ws"]?.shape ?? [])
      nodes.append(
        Node(
          "DequantizeLinear",
          inputs: ["b", "bs"],
          outputs: ["o"],
          attributes: ["axis": .int(0)]
        )
      )
    case "float": constants["o"] = draw.constant([filters])
    default: break
    }
    nodes.append(
      Node(
        "Conv",
        inputs: item.bias == "none" ? ["d", "v"] : ["d", "v", "o"],
        outputs: ["c"],
        attributes: [
          "pads": .ints(item.pads), "group": .int(item.group), "strides": .ints([1, 2]),
        ]
      )
    )
    var value = "c"
    for op in item.tail {
      let bounds = op == "Clip" ? ["low", "high"] : []
      nodes.append(Node(op, inputs: [value] + bounds, outputs: ["a"]))
      value = "a"
    }
    if item.isQuantized {
      nodes.append(Node("QuantizeLinear", inputs: [value, "ys", "yz"], outputs: ["y"]))
      value = "y"
    }
    return Graph.of(nodes, input: [2, 8, 9, 11], constants: constants, outputs: [value])
  }
}
