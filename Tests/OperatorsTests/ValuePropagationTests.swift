import Graphs
import Operators
import Testing

/// What the analysis knows of values that are computed from shapes, against values worked out by hand.
struct ValuePropagationTests {
  /// `x` of 2×3×20×30 runs through `nodes`, with constants, to `y`.
  private func facts(_ nodes: [Node], _ constants: [String: Constant] = [:]) throws -> ValueFacts {
    var graph = Graph(name: "shapes", inputs: [ValueInfo("x", .float32, [2, 3, 20, 30])])
    graph.nodes = nodes
    for (name, constant) in constants { graph.constants[name] = constant }
    graph.outputs = [ValueInfo("y")]
    let operators = OperatorSet.standard
    return try GraphFacts(try operators.normalized(graph), operators: operators)["y"]
  }

  @Test func `follows a shape through arithmetic into a Reshape`() throws {
    let y = try facts(
      [
        Node("Shape", inputs: ["x"], outputs: ["shape"]),
        Node("Gather", inputs: ["shape", "two"], outputs: ["h"]),
        Node("Gather", inputs: ["shape", "minus"], outputs: ["w"]),
        Node("Mul", inputs: ["h", "w"], outputs: ["area"]),
        Node("Unsqueeze", inputs: ["area", "zero"], outputs: ["area1"]),
        Node("Slice", inputs: ["shape", "zero", "twoV"], outputs: ["front"]),
        Node(
          "Concat",
          inputs: ["front", "area1"],
          outputs: ["target"],
          attributes: ["axis": .int(0)]
        ),
        Node("Reshape", inputs: ["x", "target"], outputs: ["y"]),
      ],
      [
        "two": Constant(scalar: 2), "minus": Constant(scalar: -1), "zero": Constant([0]),
        "twoV": Constant([2]),
      ]
    )
    #expect(y.shape == [2, 3, 600])
  }

  @Test func `follows sizes that are scaled as fractions and floored`() throws {
    let y = try facts(
      [
        Node("Shape", inputs: ["x"], outputs: ["shape"], attributes: ["start": .int(2)]),
        Node("Cast", inputs: ["shape"], outputs: ["real"], attributes: ["to": .int(1)]),
        Node("Mul", inputs: ["real", "factor"], outputs: ["scaled"]),
        Node("Floor", inputs: ["scaled"], outputs: ["floor"]),
        Node("Cast", inputs: ["floor"], outputs: ["y"], attributes: ["to": .int(7)]),
      ],
      ["factor": Constant([1.33], shape: [])]
    )
    #expect(y.value?.integers == [26, 39])
  }

  @Test(arguments: [
    ("Add", [7, -5]), ("Sub", [3, -9]), ("Mul", [10, -14]), ("Div", [2, -3]), ("Mod", [1, 1]),
    ("Min", [2, -7]), ("Max", [5, 2]), ("Equal", [0, 0]), ("Greater", [1, 0]), ("Less", [0, 1]),
  ])
  func `computes with small whole numbers`(_ op: String, _ expected: [Int]) throws {
    let y = try facts(
      [Node(op, inputs: ["a", "b"], outputs: ["y"])],
      ["a": Constant([5, -7]), "b": Constant(scalar: 2)]
    )
    #expect(y.value?.integers == expected)
  }

  @Test(arguments: [
    (0, 4, 1, [0, 1, 2, 3]), (-2, .max, 1, [4, 5]), (5, .min, -2, [5, 3, 1]),
    (4, 1, -1, [4, 3, 2]),
    (-100, 2, 1, [0, 1]), (3, 3, 1, []), (-1, -100, -1, [5, 4, 3, 2, 1, 0]), (0, 3, -1, []),
  ])
  func `slices as numpy does`(_ start: Int, _ end: Int, _ step: Int, _ expected: [Int]) throws {
    let y = try facts(
      [Node("Slice", inputs: ["data", "start", "end", "axis", "step"], outputs: ["y"])],
      [
        "data": Constant(Array(0..<6)), "start": Constant([start]), "end": Constant([end]),
        "axis": Constant([0]), "step": Constant([step]),
      ]
    )
    #expect(y.value?.integers == expected)
  }

  @Test func `makes ranges, fills, picks and products`() throws {
    let constants = [
      "start": Constant(scalar: 1), "limit": Constant(scalar: 8), "step": Constant(scalar: 3),
      "sizes": Constant([2, 2]), "indices": Constant([-1, 0]),
    ]
    let range = Node("Range", inputs: ["start", "limit", "step"], outputs: ["r"])
    #expect(
      try facts([range, Node("Identity", inputs: ["r"], outputs: ["y"])], constants).value?
        .integers == [1, 4, 7]
    )
    #expect(
      try facts([range, Node("Gather", inputs: ["r", "indices"], outputs: ["y"])], constants)
        .value?.integers == [7, 1]
    )
    #expect(
      try facts([range, Node("ReduceProd", inputs: ["r"], outputs: ["y"])], constants)
        .value?.integers == [28]
    )
    let filled = try facts([Node("ConstantOfShape", inputs: ["sizes"], outputs: ["y"])], constants)
    #expect(filled.value?.floats == [0, 0, 0, 0])
    #expect(filled.shape == [2, 2])
  }

  @Test func `refuses shapes that do not fit, naming the node`() throws {
    #expect(throws: OperatorError.self) {
      try facts(
        [Node("Reshape", name: "head", inputs: ["x", "target"], outputs: ["y"])],
        ["target": Constant([7, -1])]
      )
    }
  }

  @Test func `no operator is declared twice`() {
    let names = OperatorSet.families.flatMap { $0.map { "\($0.domain).\($0.name)" } }
    #expect(Set(names).count == names.count)
  }
}
