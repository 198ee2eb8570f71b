import Graphs
import Operators
import Testing

/// Multiply-adds of single nodes, counted by hand.
struct CostRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var op: String
    var inputs: [[Int]?]
    var outputs: [[Int]?]
    var attributes: NamedTable<Attribute> = [:]
    var count: Int

    var testDescription: String { "\(op) \(inputs) to \(outputs)" }
  }

  static let cases = [
    // 2 images of 4 filters over 5 · 6 places, each of 3 channels of 3 · 3.
    Case(
      op: "Conv",
      inputs: [[2, 3, 5, 6], [4, 3, 3, 3]],
      outputs: [[2, 4, 5, 6]],
      count: 6480
    ),
    // In two groups a filter reads half of the channels: its weight has them alone.
    Case(op: "Conv", inputs: [[1, 4, 8], [6, 2, 3]], outputs: [[1, 6, 6]], count: 216),
    Case(op: "Conv", inputs: [[0, 4, 8], [6, 2, 3]], outputs: [[0, 6, 6]], count: 0),
    Case(
      op: "ConvTranspose",
      inputs: [[1, 2, 4, 4], [2, 3, 2, 2]],
      outputs: [[1, 3, 8, 8]],
      count: 2 * 16 * 3 * 4
    ),
    Case(op: "MatMul", inputs: [[5, 2, 3], [3, 7]], outputs: [[5, 2, 7]], count: 210),
    Case(op: "MatMul", inputs: [[3], [3]], outputs: [[]], count: 3),
    Case(op: "Gemm", inputs: [[2, 3], [3, 5]], outputs: [[2, 5]], count: 30),
    Case(
      op: "Gemm",
      inputs: [[3, 2], [3, 5]],
      outputs: [[2, 5]],
      attributes: ["transA": .int(1)],
      count: 30
    ),
    // Every pair of letters' places: i · j · k.
    Case(
      op: "Einsum",
      inputs: [[2, 3], [3, 4]],
      outputs: [[2, 4]],
      attributes: ["equation": .text("ij,jk->ik")],
      count: 24
    ),
    Case(
      op: "Einsum",
      inputs: [[2, 3]],
      outputs: [[3, 2]],
      attributes: ["equation": .text("ij->ji")],
      count: 0
    ),
    // What is not known counts nothing, and neither does what is no product.
    Case(op: "Conv", inputs: [[1, 3, 8, 8], nil], outputs: [[1, 4, 8, 8]], count: 0),
    Case(op: "Conv", inputs: [[1, 3, 8, 8], [4, 3, 1, 1]], outputs: [nil], count: 0),
    Case(op: "Relu", inputs: [[9, 9]], outputs: [[9, 9]], count: 0),
    Case(op: "Add", inputs: [[9, 9], [9]], outputs: [[9, 9]], count: 0),
    Case(op: "AveragePool", inputs: [[1, 1, 8, 8]], outputs: [[1, 1, 4, 4]], count: 0),
  ]

  @Test(arguments: cases)
  func `multiply-adds are those of products`(_ each: Case) throws {
    let node = Node(each.op, inputs: ["a", "b"], outputs: ["y"], attributes: each.attributes)
    let entry = try #require(OperatorSet.standard[node])
    let call = CostCall(node: node, inputs: each.inputs, outputs: each.outputs)
    #expect(entry.cost(call) == each.count)
  }

  @Test(
    arguments: [
      ([2, 3], [3], [2, 3]), ([], [4], [4]), ([1], [0], [0]), ([2, 1], [1, 5], [2, 5]),
      ([2], [3], nil), ([0], [2], nil), ([], [], []),
    ] as [([Int], [Int], [Int]?)]
  )
  func `shapes broadcast from the last axis on`(left: [Int], right: [Int], result: [Int]?) {
    #expect(ShapeRules.broadcast(left, right) == result)
    #expect(ShapeRules.broadcast(right, left) == result)
  }

  @Test(arguments: [(-1, 2), (0, 0), (2, 2), (-3, 0)])
  func `an axis counts from either end`(axis: Int, place: Int) throws {
    #expect(try ShapeRules.axis(axis, rank: 3) == place)
  }

  @Test(arguments: [(3, 3), (-4, 3), (0, 0), (-1, 0)])
  func `an axis that is not there is refused`(axis: Int, rank: Int) {
    #expect(throws: OperatorError.self) { try ShapeRules.axis(axis, rank: rank) }
  }
}
