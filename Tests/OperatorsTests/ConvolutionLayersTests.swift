import Graphs
import Operators
import Tensors
import TestSupport
import Testing

/// What convolutions are, as one number for both axes each.
struct ConvolutionLayersTests {
  /// A node over a map of `map` with a weight of `weight`, and nodes behind it.
  private func layers(
    _ op: String = "Conv",
    map: [Int] = [1, 4, 9, 7],
    weight: [Int] = [6, 4, 3, 3],
    attributes: NamedTable<Attribute> = [:],
    inputs: [String] = ["x", "w"],
    behind: [Node] = [],
    outputs: [String] = ["end"]
  ) throws -> [ConvolutionLayer] {
    var graph = Graph(
      nodes: [
        Node(op, name: "layer", inputs: inputs, outputs: ["y"], attributes: attributes)
      ] + behind,
      inputs: [ValueInfo("x", .float32, Shape(map))],
      outputs: outputs.map { ValueInfo($0, .float32) },
      model: ModelInfo(opsets: ["": 22], irVersion: 10)
    )
    graph.constants["w"] = Constant(
      [Float](repeating: 0.5, count: weight.reduce(1, *)),
      shape: weight
    )
    for name in ["b", "scale", "offset", "mean", "variance"] {
      graph.constants[name] = Constant([Float](repeating: 1, count: weight[0]), shape: [weight[0]])
    }
    let operators = OperatorSet.standard
    let normal = try operators.normalized(graph)
    return operators.convolutions(
      in: normal,
      facts: try GraphFacts(normal, operators: operators)
    )
  }

  private let norm = Node(
    "BatchNormalization",
    inputs: ["y", "scale", "offset", "mean", "variance"],
    outputs: ["n"]
  )

  @Test func `every number is the node's own`() throws {
    let found = try layers(
      map: [5, 4, 9, 7],
      weight: [6, 2, 3, 3],
      attributes: [
        "group": .int(2), "pads": .ints([2, 2, 2, 2]), "strides": .ints([3, 3]),
        "dilations": .ints([4, 4]),
      ],
      inputs: ["x", "w", "b"],
      outputs: ["y"]
    )
    let wanted = SquareConvolution(
      hasBias: true,
      rectifies: false,
      channels: 4,
      height: 9,
      width: 7,
      filters: 6,
      groups: 2,
      kernel: 3,
      padding: 2,
      stride: 3,
      dilation: 4
    )
    #expect(found.map(\.name) == ["layer"])
    #expect(try found[0].work.get() == wanted)
  }

  @Test func `automatic pads become numbers`() throws {
    let found = try layers(
      attributes: ["auto_pad": .string(Array("SAME_UPPER".utf8))],
      outputs: ["y"]
    )
    #expect(try found[0].work.get().padding == 1)
  }

  @Test func `what runtimes compute with a convolution belongs to it`() throws {
    func relu(_ value: String) -> Node { Node("Relu", inputs: [value], outputs: ["end"]) }
    func facts(_ found: [ConvolutionLayer]) throws -> [Bool] {
      let square = try found[0].work.get()
      return [square.hasBias, square.rectifies]
    }
    #expect(try facts(layers(outputs: ["y"])) == [false, false])
    #expect(try facts(layers(behind: [relu("y")])) == [false, true])
    #expect(try facts(layers(behind: [norm], outputs: ["n"])) == [true, false])
    #expect(try facts(layers(behind: [norm, relu("n")])) == [true, true])
    // What others read cannot be taken in.
    #expect(try facts(layers(behind: [relu("y")], outputs: ["end", "y"])) == [false, false])
    #expect(try facts(layers(behind: [norm, relu("n")], outputs: ["end", "n"])) == [true, false])
    let sum = Node("Add", inputs: ["y", "y"], outputs: ["s"])
    #expect(try facts(layers(behind: [relu("y"), sum], outputs: ["end", "s"])) == [false, false])
    let leaky = Node("LeakyRelu", inputs: ["y"], outputs: ["end"])
    #expect(try facts(layers(behind: [leaky])) == [false, false])
  }

  @Test func `other convolutions are listed with the reason`() throws {
    func reason(_ found: [ConvolutionLayer]) throws -> String {
      guard case .failure(let unfit) = try #require(found.first).work else { return "none" }
      return "\(unfit)"
    }
    let outputs = ["y"]
    #expect(
      try reason(layers("ConvTranspose", weight: [4, 6, 3, 3], outputs: outputs))
        == "ConvTranspose, not a plain convolution"
    )
    #expect(
      try reason(layers(weight: [6, 4, 3, 1], outputs: outputs))
        == "a convolution whose kernel differ: 3,1"
    )
    #expect(
      try reason(layers(attributes: ["pads": .ints([1, 1, 0, 1])], outputs: outputs))
        == "a convolution whose pads differ: 1,1,0,1"
    )
    #expect(
      try reason(layers(attributes: ["strides": .ints([1, 2])], outputs: outputs))
        == "a convolution whose strides differ: 1,2"
    )
    #expect(
      try reason(layers(map: [1, 4, 9], weight: [6, 4, 3], outputs: outputs))
        == "a convolution over 1 axis, not 2"
    )
    #expect(
      try reason(layers("ConvInteger", outputs: outputs)) == "ConvInteger, not a plain convolution"
    )
  }

  @Test func `a matrix product is no convolution`() throws {
    #expect(
      try layers("MatMul", map: [1, 3, 4], weight: [4, 6], outputs: ["y"]).isEmpty
    )
  }

  @Test func `a weight that is computed is told`() throws {
    var graph = Graph(
      nodes: [
        Node("DequantizeLinear", inputs: ["q", "s"], outputs: ["w"]),
        Node("Conv", name: "layer", inputs: ["x", "w"], outputs: ["y"]),
      ],
      inputs: [ValueInfo("x", .float32, [1, 2, 4, 4])],
      outputs: [ValueInfo("y", .float32)],
      model: ModelInfo(opsets: ["": 22], irVersion: 10)
    )
    graph.constants["q"] = Constant(
      type: .int8,
      shape: [3, 2, 1, 1],
      bytes: Bytes([1, 2, 3, 4, 5, 6] as [UInt8])
    )
    graph.constants["s"] = Constant([0.5], shape: [])
    let facts = try GraphFacts(graph, operators: .standard)
    let found = OperatorSet.standard.convolutions(in: graph, facts: facts)
    #expect(found.map(\.work) == [.failure(.computedWeight("w"))])
  }

  @Test(
    arguments: [
      (false, false, 1, 1), (true, false, 1, 1), (false, true, 4, 1), (true, true, 2, 2),
    ]
  )
  func `a convolution's own network has that convolution and no other`(
    _ hasBias: Bool,
    _ rectifies: Bool,
    _ groups: Int,
    _ dilation: Int
  ) throws {
    let square = SquareConvolution(
      hasBias: hasBias,
      rectifies: rectifies,
      channels: 4,
      height: 9,
      width: 7,
      filters: 8,
      groups: groups,
      kernel: 3,
      padding: 1,
      stride: 2,
      dilation: dilation
    )
    let graph = square.network
    try graph.verify()
    let facts = try GraphFacts(graph, operators: .standard)
    let found = OperatorSet.standard.convolutions(in: graph, facts: facts)
    #expect(found.map(\.work) == [.success(square)])
    // By hand: floor((size + 2 - (2 · dilation + 1)) / 2) + 1.
    let rows = (9 + 2 - 2 * dilation - 1) / 2 + 1
    let columns = (7 + 2 - 2 * dilation - 1) / 2 + 1
    #expect(facts["result"].shape == [1, 8, rows, columns])
  }
}
