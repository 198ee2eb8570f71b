import Graphs
import Operators
import Testing

/// Sizes and numbers that no tensor has, as a forged file states them, are refused by name and never computed with.
struct ForgedSizesTests {
  private let operators = OperatorSet.standard
  private static let huge = Int.max / 2

  private static let forged: [(Node, NamedTable<Constant>)] = [
    (Node("Reshape", inputs: ["x", "c"], outputs: ["y"]), ["c": Constant([huge, 4])]),
    (Node("Expand", inputs: ["x", "c"], outputs: ["y"]), ["c": Constant([huge, 4, 6, 6])]),
    (Node("Tile", inputs: ["x", "c"], outputs: ["y"]), ["c": Constant([huge, huge, 1, 1])]),
    (
      Node(
        "MaxPool",
        inputs: ["x"],
        outputs: ["y"],
        attributes: ["kernel_shape": .ints([2, 2]), "strides": .ints([huge, 1])]
      ), [:]
    ),
    (
      Node("DepthToSpace", inputs: ["x"], outputs: ["y"], attributes: ["blocksize": .int(huge)]),
      [:]
    ),
    (
      Node(
        "ConvTranspose",
        inputs: ["x", "c"],
        outputs: ["y"],
        attributes: ["group": .int(huge)]
      ), ["c": Constant([Float](repeating: 0, count: 8), shape: [4, 2, 1, 1])]
    ),
    (
      Node(
        "ConvTranspose",
        inputs: ["x", "c"],
        outputs: ["y"],
        attributes: ["output_padding": .ints([huge, 0])]
      ), ["c": Constant([Float](repeating: 0, count: 8), shape: [4, 2, 1, 1])]
    ),
    (
      Node("Resize", inputs: ["x", "", "c"], outputs: ["y"]),
      ["c": Constant([1, 1, 1e30, .nan] as [Float], shape: [4])]
    ),
    (
      Node("Slice", inputs: ["x", "c", "d", "c"], outputs: ["y"]),
      ["c": Constant([0, 1]), "d": Constant([1])]
    ),
    (
      Node("Split", inputs: ["x", "c"], outputs: ["y", "z"], attributes: ["axis": .int(1)]),
      ["c": Constant([-huge, huge])]
    ),
    (
      Node("Squeeze", inputs: ["x", "c"], outputs: ["y"]),
      ["c": Constant([0, 0, 0, 0, 0, 0])]
    ),
  ]

  @Test(arguments: forged.indices)
  func `a rule refuses numbers that fit no tensor`(index: Int) {
    let (node, constants) = Self.forged[index]
    let graph = Graph(
      nodes: [node],
      inputs: [ValueInfo("x", .float32, [1, 4, 6, 6])],
      outputs: node.outputs.map { ValueInfo($0) },
      constants: constants,
      model: ModelInfo(opsets: ["": 22], irVersion: 10)
    )
    #expect(throws: OperatorError.self) { try GraphFacts(graph, operators: operators) }
  }

  @Test(arguments: [
    [Int.max, 2], [1 << 31, 1 << 31, 0], [1 << 30, 1 << 30], [Int](repeating: 1, count: 65),
  ])
  func `an input that fits no tensor is named`(sizes: [Int]) throws {
    let graph = Graph.of(
      [Node("Relu", inputs: ["x"], outputs: ["y"])],
      input: sizes,
      outputs: ["y"]
    )
    let error = #expect(throws: OperatorError.self) {
      try GraphFacts(graph, operators: operators)
    }
    #expect("\(try #require(error))".contains("input 'x'"))
  }

  @Test func `a large tensor that a machine may hold is none of them`() throws {
    let graph = Graph.of(
      [Node("Relu", inputs: ["x"], outputs: ["y"])],
      input: [64, 4096, 4096, 16],
      outputs: ["y"]
    )
    let shape = try GraphFacts(graph, operators: operators)["y"].shape
    #expect(shape == [64, 4096, 4096, 16])
  }
}
