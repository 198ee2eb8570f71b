import Graphs
import Operators
import Tensors
import Testing

/// What operators state of themselves, against what they compute.
struct OperatorTraitsTests {
  /// Functions of single elements that follow layers.
  static let activations = OperatorSet.standard.names.filter {
    OperatorSet.standard[name: $0]?.quantization == .activation
  }

  private static let grid = (-40...40).map { Float($0) / 10 }

  private func values(_ op: String, of x: [Float]) throws -> [Float] {
    let more: [String: [String]] = ["PRelu": ["slope"], "Clip": ["low", "high"]]
    let graph = Graph.of(
      [Node(op, inputs: ["x"] + (more[op] ?? []), outputs: ["y"])],
      input: [1, x.count],
      constants: [
        "slope": Constant([0.25], shape: [1]), "low": Constant([-1.5], shape: []),
        "high": Constant([2.5], shape: []),
      ],
      outputs: ["y"]
    )
    let x = try Tensor(x, shape: [1, x.count])
    return try #require(try Session(graph).run(["x": x])["y"]?.floats())
  }

  private func has(_ trait: OperatorTraits, _ op: String) -> Bool {
    OperatorSet.standard[name: op]?.traits.contains(trait) == true
  }

  @Test(arguments: activations)
  func `activations commute with positive factors where they say so, and only there`(
    op: String
  ) throws {
    let scaled = try values(op, of: Self.grid.map { 3 * $0 })
    let commutes = zip(scaled, try values(op, of: Self.grid)).allSatisfy { abs($0 - 3 * $1) < 1e-4 }
    #expect(commutes == has(.homogeneous, op))
  }

  @Test(arguments: activations)
  func `activations clip where they say so, and only there`(op: String) throws {
    let made = try values(op, of: Self.grid)
    let bounds = Set(zip(Self.grid, made).filter { $0 != $1 }.map(\.1))
    #expect((bounds.count <= 2) == has(.clips, op))
    #expect((made == Self.grid.map { max($0, 0) }) == has(.rectifies, op))
  }

  @Test(arguments: ["Softmax", "LogSoftmax", "Hardmax", "Sigmoid"])
  func `shares are positive and come to 1`(op: String) throws {
    let made = try values(op, of: Self.grid)
    let isShared = abs(made.reduce(0, +) - 1) < 1e-4 && made.allSatisfy { $0 > 0 }
    #expect(isShared == has(.distributes, op))
  }

  @Test func `of operators of two inputs, the sum adds`() throws {
    let adding = OperatorSet.standard.names.filter { has(.adds, $0) }
    #expect(adding == ["Add"])
    let graph = Graph.of(
      [Node("Add", inputs: ["x", "c"], outputs: ["y"])],
      input: [1, 2],
      constants: ["c": Constant([10, -4], shape: [2])],
      outputs: ["y"]
    )
    let result = try Session(graph).run(["x": Tensor([Float(1), 2], shape: [1, 2])])
    #expect(try result["y"]?.floats() == [11, -2])
  }

  @Test func `what says what to do is no parameter, and what is multiplied by is`() throws {
    func parameters(_ op: String, _ inputs: [String]) throws -> Int {
      let graph = Graph.of(
        [Node(op, inputs: inputs, outputs: ["y"])],
        input: [1, 2, 4, 4],
        constants: ["c": Constant([1, 1, 2, 2], shape: [4])],
        outputs: ["y"]
      )
      let facts = try GraphFacts(graph, operators: .standard)
      return GraphCost(graph, facts: facts, operators: .standard).parameters
    }
    #expect(has(.isSteered, "Resize") && !has(.isSteered, "Mul"))
    #expect(try parameters("Resize", ["x", "", "c"]) == 0)
    #expect(try parameters("Mul", ["x", "c"]) == 4)
  }

  @Test func `of operators that pass their input on, those that draw do it while a network trains`()
    throws
  {
    for op in ["Dropout", "Identity"] {
      let graph = Graph.of(
        [Node(op, inputs: ["x"], outputs: ["y"])],
        input: [1, 1000],
        outputs: ["y"]
      )
      let ones = try Tensor([Float](repeating: 1, count: 1000), shape: [1, 1000])
      let plain = try Session(graph).run(["x": ones])["y"]?.floats()
      let trained = try Session(graph, mode: .training).run(["x": ones])["y"]?.floats()
      #expect(plain == [Float](repeating: 1, count: 1000))
      #expect((trained != plain) == has(.drawsRandom, op))
    }
    #expect(OperatorSet.standard.names.filter { has(.drawsRandom, $0) } == ["Dropout"])
  }
}
