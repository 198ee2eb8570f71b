import Graphs
import Operators
import Testing

/// Sizes of results at the bounds of what operators take, worked out by hand from ONNX's texts.
struct ShapeRuleTests {
  /// One node over float inputs `a`, `b`, … of stated sizes, and constants by name.
  struct Case: Sendable, CustomTestStringConvertible {
    var op: String
    var inputs: [[Int?]]
    var attributes: NamedTable<Attribute>
    var constants: [(String, Constant)]
    /// Names of all inputs in order, where they are not the floats followed by the constants.
    var order: [String]?
    /// Sizes of the outputs.
    var outputs: [[Int?]?]

    init(
      _ op: String,
      _ inputs: [[Int?]],
      _ attributes: NamedTable<Attribute> = [:],
      _ constants: [(String, Constant)] = [],
      order: [String]? = nil,
      to outputs: [Int?]?...
    ) {
      self.op = op
      self.inputs = inputs
      self.attributes = attributes
      self.constants = constants
      self.order = order
      self.outputs = outputs
    }

    var testDescription: String { "\(op) \(inputs) \(attributes) to \(outputs)" }

    func sizes() throws -> [[Int?]?] {
      let names = ["a", "b", "c", "d"].prefix(inputs.count)
      var graph = Graph(model: ModelInfo(opsets: ["": 22], irVersion: 10))
      graph.inputs = zip(names, inputs).map { name, sizes in
        ValueInfo(name, .float32, Shape(sizes.map { $0.map { .known($0) } ?? .unknown }))
      }
      for (name, constant) in constants { graph.constants[name] = constant }
      let made = outputs.indices.map { "y\($0)" }
      let read = order ?? names + constants.map(\.0)
      graph.nodes = [Node(op, name: "n", inputs: read, outputs: made, attributes: attributes)]
      graph.outputs = made.map { ValueInfo($0) }
      let operators = OperatorSet.standard
      let facts = try GraphFacts(try operators.normalized(graph), operators: operators)
      return made.map { facts[$0].sizes }
    }
  }

  private static func weight(_ shape: [Int]) -> (String, Constant) {
    ("w", Constant([Float](repeating: 0, count: shape.reduce(1, *)), shape: shape))
  }

  private static let two: NamedTable<Attribute> = [
    "kernel_shape": .ints([2, 2]), "strides": .ints([2, 2]),
  ]

  private static func pool(_ more: NamedTable<Attribute>) -> NamedTable<Attribute> {
    var result: NamedTable<Attribute> = ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2])]
    for (name, value) in more { result[name] = value }
    return result
  }

  static let convolutions: [Case] = [
    // 7 by a stride of 2, rounded up: 4, however wide the kernel.
    Case(
      "Conv",
      [[1, 3, 7, 8]],
      ["auto_pad": .text("SAME_UPPER"), "strides": .ints([2, 2])],
      [weight([4, 3, 5, 5])],
      to: [1, 4, 4, 4]
    ),
    // Without padding: (7 - 3) / 2 + 1 = 3 and (8 - 3) / 2 + 1 = 3.
    Case(
      "Conv",
      [[1, 3, 7, 8]],
      ["auto_pad": .text("VALID"), "strides": .ints([2, 2]), "pads": .ints([9, 9, 9, 9])],
      [weight([4, 3, 3, 3])],
      to: [1, 4, 3, 3]
    ),
    // A kernel of 3 with gaps of 2 spans 5: 7 + 1 - 5 + 1 = 4.
    Case(
      "Conv",
      [[2, 4, 7, 7]],
      ["dilations": .ints([2, 2]), "pads": .ints([1, 0, 0, 1]), "group": .int(2)],
      [weight([6, 2, 3, 3])],
      to: [2, 6, 4, 4]
    ),
    // One axis, three axes, a size that is not known, and a batch without images.
    Case("Conv", [[3, 2, nil]], ["strides": .ints([4])], [weight([5, 2, 1])], to: [3, 5, nil]),
    Case("Conv", [[3, 2, 9]], ["strides": .ints([4])], [weight([5, 2, 1])], to: [3, 5, 3]),
    Case("Conv", [[0, 2, 9]], [:], [weight([5, 2, 9])], to: [0, 5, 1]),
    Case(
      "Conv",
      [[1, 1, 4, 5, 6]],
      ["pads": .ints([1, 0, 0, 0, 0, 0])],
      [weight([2, 1, 2, 2, 2])],
      to: [1, 2, 4, 4, 5]
    ),
    // (5 - 1) · 2 + 3 - 2 · 1 + 1 = 10, and without the last summand 9.
    Case(
      "ConvTranspose",
      [[1, 4, 5, 5]],
      [
        "strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1]), "output_padding": .ints([1, 0]),
        "group": .int(2),
      ],
      [weight([4, 3, 3, 3])],
      to: [1, 6, 10, 9]
    ),
    Case(
      "ConvTranspose",
      [[1, 2, 5]],
      ["strides": .ints([3]), "output_shape": .ints([14])],
      [weight([2, 1, 2])],
      to: [1, 1, 14]
    ),
  ]

  static let pools: [Case] = [
    // (6 - 3) / 2 is 1.5.
    Case("MaxPool", [[1, 2, 6, 7]], pool([:]), to: [1, 2, 2, 3], [1, 2, 2, 3]),
    Case("MaxPool", [[1, 2, 6, 7]], pool(["ceil_mode": .int(1)]), to: [1, 2, 3, 3]),
    // Rounded up a third window would begin at 4, in the padding behind 3 + 1: it is left out.
    Case(
      "AveragePool",
      [[1, 1, 3, 3]],
      [
        "kernel_shape": .ints([1, 2]), "strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1]),
        "ceil_mode": .int(1),
      ],
      to: [1, 1, 2, 2]
    ),
    Case("LpPool", [[1, 1, 5, 4]], two, to: [1, 1, 2, 2]),
    Case(
      "AveragePool",
      [[1, 1, 5, 4]],
      ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2]), "auto_pad": .text("SAME_LOWER")],
      to: [1, 1, 3, 2]
    ),
    Case("GlobalMaxPool", [[2, 3, 4, 5, 6]], to: [2, 3, 1, 1, 1]),
    Case("GlobalAveragePool", [[2, nil, nil]], to: [2, nil, 1]),
  ]

  static let elementwise: [Case] = [
    Case("Add", [[2, 1, 3], [4, 1]], to: [2, 4, 3]),
    Case("Mul", [[], [2, 3]], to: [2, 3]),
    Case("Sub", [[], []], to: []),
    // An axis of nothing meets one of 1.
    Case("Add", [[0, 3], [1, 3]], to: [0, 3]),
    Case("Add", [[5, 0], [1]], to: [5, 0]),
    // What is not known is 1 or the other's size; beside 1 it stays unknown.
    Case("Add", [[3, nil], [1, 4]], to: [3, 4]),
    Case("Add", [[3, nil], [3, 1]], to: [3, nil]),
    Case("Max", [[3], [2, 1], [4, 1, 1]], to: [4, 2, 3]),
    Case("PRelu", [[2, 3, 4, 4], [3, 1, 1]], to: [2, 3, 4, 4]),
    Case("Expand", [[3, 1]], [:], [("s", Constant([2, 1, 6]))], to: [2, 3, 6]),
    Case("Expand", [[3, 4]], [:], [("s", Constant([1]))], to: [3, 4]),
    Case("Tile", [[2, 3]], [:], [("s", Constant([2, 0]))], to: [4, 0]),
  ]

  static let shaping: [Case] = [
    Case("Reshape", [[2, 3, 4]], [:], [("s", Constant([0, -1]))], to: [2, 12]),
    Case(
      "Reshape",
      [[0, 3]],
      ["allowzero": .int(1)],
      [("s", Constant([3, 0]))],
      to: [3, 0]
    ),
    Case("Reshape", [[1, 1]], [:], [("s", Constant([] as [Int]))], to: []),
    Case("Flatten", [[2, 3, 4]], ["axis": .int(0)], to: [1, 24]),
    Case("Flatten", [[2, 3, 4]], ["axis": .int(-1)], to: [6, 4]),
    Case("Flatten", [[2, 3, 4]], ["axis": .int(3)], to: [24, 1]),
    Case("Transpose", [[2, 3, nil]], to: [nil, 3, 2]),
    Case("Squeeze", [[1, 3, 1]], to: [3]),
    Case("Squeeze", [[1, 3, 1]], [:], [("s", Constant([-1]))], to: [1, 3]),
    // Axes count in the result: -1 is its last, 0 its first.
    Case("Unsqueeze", [[3]], [:], [("s", Constant([-1, 0]))], to: [1, 3, 1]),
    Case("Concat", [[2, 3], [2, 0], [2, 4]], ["axis": .int(-1)], to: [2, 7]),
    Case("Concat", [[3, 2], [3, nil]], ["axis": .int(1)], to: [3, nil]),
    // Of 7 in 3: 3, 3 and 1.
    Case("Split", [[7, 2]], ["num_outputs": .int(3)], to: [3, 2], [3, 2], [1, 2]),
    Case("Split", [[2, 5]], ["axis": .int(-1)], [("s", Constant([0, 5]))], to: [2, 0], [2, 5]),
    Case("DepthToSpace", [[1, 8, 2, 3]], ["blocksize": .int(2)], to: [1, 2, 4, 6]),
    Case("SpaceToDepth", [[1, 2, 4, 6]], ["blocksize": .int(2)], to: [1, 8, 2, 3]),
    Case("Pad", [[2, 3]], [:], [("s", Constant([1, 0, 0, -2]))], to: [3, 1]),
    Case("Gather", [[4, 5]], ["axis": .int(-1)], [("s", Constant(scalar: -1))], to: [4]),
    Case("Gather", [[4, 5]], [:], [("s", Constant([0, 0, 3]))], to: [3, 5]),
  ]

  static let reductions: [Case] = [
    Case("ReduceMean", [[2, 3, 4]], to: [1, 1, 1]),
    Case("ReduceSum", [[2, 3, 4]], ["keepdims": .int(0)], to: []),
    Case(
      "ReduceMax",
      [[2, 3, 4]],
      ["keepdims": .int(0)],
      [("s", Constant([-1, 0]))],
      to: [3]
    ),
    Case(
      "ReduceSum",
      [[2, 3]],
      ["noop_with_empty_axes": .int(1)],
      [("s", Constant([] as [Int]))],
      to: [2, 3]
    ),
    Case("ArgMax", [[2, 3, 4]], ["axis": .int(-1), "keepdims": .int(0)], to: [2, 3]),
    Case("ArgMin", [[2, 3, 4]], ["axis": .int(1)], to: [2, 1, 4]),
    Case("TopK", [[2, 9]], [:], [("s", Constant([4]))], to: [2, 4], [2, 4]),
  ]

  static let products: [Case] = [
    Case("MatMul", [[3], [3]], to: []),
    Case("MatMul", [[2, 3], [3]], to: [2]),
    Case("MatMul", [[3], [3, 4]], to: [4]),
    Case("MatMul", [[5, 1, 2, 3], [4, 3, 7]], to: [5, 4, 2, 7]),
    Case("MatMul", [[0, 3], [3, 4]], to: [0, 4]),
    Case(
      "Gemm",
      [[3, 2]],
      ["transA": .int(1), "transB": .int(1)],
      [weight([5, 3])],
      to: [2, 5]
    ),
    Case("Einsum", [[2, 3], [3, 4]], ["equation": .text("ij,jk->ki")], to: [4, 2]),
  ]

  @Test(arguments: convolutions)
  func `convolutions place their windows`(_ each: Case) throws {
    #expect(try each.sizes() == each.outputs)
  }

  @Test(arguments: pools)
  func `pools round the number of windows as they are told`(_ each: Case) throws {
    #expect(try each.sizes() == each.outputs)
  }

  @Test(arguments: elementwise)
  func `sizes broadcast, those of nothing and those not known too`(_ each: Case) throws {
    #expect(try each.sizes() == each.outputs)
  }

  @Test(arguments: shaping)
  func `axes count from either end`(_ each: Case) throws {
    #expect(try each.sizes() == each.outputs)
  }

  @Test(arguments: reductions)
  func `reduced axes stay as ones or go`(_ each: Case) throws {
    #expect(try each.sizes() == each.outputs)
  }

  @Test(arguments: products)
  func `products take vectors and broadcast what lies before the matrices`(_ each: Case) throws {
    #expect(try each.sizes() == each.outputs)
  }

  static let refused: [Case] = [
    Case("Add", [[2], [3]], to: nil),
    Case("Concat", [[2, 3], [2, 4]], ["axis": .int(0)], to: nil),
    Case("Concat", [[2, 3], [2, 3]], ["axis": .int(2)], to: nil),
    Case("Flatten", [[2, 3]], ["axis": .int(3)], to: nil),
    Case("Reshape", [[2, 3]], [:], [("s", Constant([4, -1]))], to: nil),
    Case("Squeeze", [[2, 3]], [:], [("s", Constant([0]))], to: nil),
    Case("MatMul", [[2, 3], [4, 5]], to: nil),
    Case("Gemm", [[2, 3]], [:], [weight([4, 5])], to: nil),
    Case("Conv", [[1, 3, 4, 4]], ["strides": .ints([0, 1])], [weight([2, 3, 1, 1])], to: nil),
    Case("Conv", [[1, 3, 4]], [:], [weight([2, 3, 1, 1])], to: nil),
    Case("Conv", [[1, 3, 4, 4]], ["pads": .ints([1, 1])], [weight([2, 3, 1, 1])], to: nil),
    Case("ConvTranspose", [[1, 2, 4]], ["group": .int(3)], [weight([2, 1, 1])], to: nil),
    Case("MaxPool", [[1, 1, 4, 4]], to: nil),
    Case("ReduceSum", [[2, 3]], [:], [("s", Constant([2]))], to: nil),
  ]

  @Test(arguments: refused)
  func `what does not fit is refused, naming the node`(_ each: Case) throws {
    let error = #expect(throws: OperatorError.self) { try each.sizes() }
    #expect("\(error, default: "")".hasPrefix("\(each.op) 'n': "))
  }
}
