import Graphs
import Operators
import Tensors
import TestSupport
import Testing

/// What layers state of their weights, against what they compute.
struct WeightLayoutTests {
  struct Layer: Sendable, CustomTestStringConvertible {
    var op: String
    var input = [1, 4, 5, 5]
    var weight: [Int]
    var attributes: NamedTable<Attribute> = [:]
    /// Inputs between the weight and the bias.
    var between: [Constant] = []

    var testDescription: String { "\(op) \(weight) \(attributes)" }
  }

  static let layers = [
    Layer(op: "Conv", weight: [6, 4, 3, 3]),
    Layer(op: "Conv", weight: [6, 2, 3, 3], attributes: ["group": .int(2)]),
    Layer(op: "ConvTranspose", weight: [4, 6, 3, 3]),
    Layer(
      op: "DeformConv",
      weight: [6, 4, 3, 3],
      between: [Constant([Float](repeating: 0.25, count: 162), shape: [1, 18, 3, 3])]
    ),
    Layer(op: "Gemm", input: [3, 4], weight: [4, 6]),
    Layer(op: "Gemm", input: [3, 4], weight: [6, 4], attributes: ["transB": .int(1)]),
    Layer(
      op: "Gemm",
      input: [3, 4],
      weight: [4, 6],
      attributes: ["alpha": .float(2), "beta": .float(3)]
    ),
    Layer(op: "MatMul", input: [2, 3, 4], weight: [4, 6]),
  ]

  /// A layer's node, and what it makes with a weight and a bias.
  private struct Trial {
    let layout: WeightLayout
    let node: Node
    let input: Constant
    let weight: Constant
    private let others: NamedTable<Constant>

    init(_ layer: Layer) throws {
      var draw = Draw(seed: 7)
      (input, weight) = (draw.constant(layer.input), draw.constant(layer.weight))
      var others: NamedTable<Constant> = [:]
      var inputs = ["x", "w"]
      for (index, constant) in layer.between.enumerated() {
        others["i\(index)"] = constant
        inputs.append("i\(index)")
      }
      let bare = Node(layer.op, inputs: inputs, outputs: ["y"])
      layout = try #require(OperatorSet.standard[bare]?.weights)
      if let bias = layout.bias {
        #expect(bias == inputs.count)
        inputs.append("b")
      }
      #expect(inputs.firstIndex(of: "w") == layout.weight)
      node = Node(layer.op, inputs: inputs, outputs: ["y"], attributes: layer.attributes)
      self.others = others
    }

    func result(input: Constant? = nil, weight: Constant? = nil, bias: Int? = nil) throws -> Tensor
    {
      var constants = others
      constants["w"] = weight ?? self.weight
      if layout.bias != nil {
        constants["b"] = Constant((0..<6).map { $0 == bias ? Float(1) : 0 }, shape: [6])
      }
      let input = input ?? self.input
      let graph = Graph.of([node], input: input.shape, constants: constants, outputs: ["y"])
      return try #require(try Session(graph).run(["x": input.tensor()])["y"])
    }
  }

  /// A constant without the slice at `index` of an axis.
  private func clearing(_ constant: Constant, axis: Int, _ index: Int) throws -> Constant {
    let inner = constant.shape[(axis + 1)...].reduce(1, *)
    let values = try #require(constant.floats).enumerated().map { place, value in
      place / inner % constant.shape[axis] == index ? 0 : value
    }
    return Constant(values, shape: constant.shape)
  }

  /// The greatest magnitude of each channel of a result.
  private func peaks(_ result: Tensor, axis: Int) throws -> [Float] {
    let others = (0..<result.rank).filter { $0 != axis }
    return try ATen.one("amax", ATen.one("abs", result), others).floats()
  }

  @Test(arguments: layers)
  func `a slice of the weight along the output axis makes one channel`(layer: Layer) throws {
    let trial = try Trial(layer)
    let axis = try #require(trial.layout.outputAxis(trial.node, rank: layer.weight.count))
    let cleared = try trial.result(weight: clearing(trial.weight, axis: axis, 4))
    let peaks = try peaks(cleared, axis: trial.layout.resultAxis(rank: cleared.rank))
    #expect(peaks.count == 6)
    for (channel, peak) in peaks.enumerated() { #expect((peak == 0) == (channel == 4)) }
  }

  @Test(arguments: layers.filter { $0.attributes["group"] == nil })
  func `a slice of the weight along the input axis reads one channel`(layer: Layer) throws {
    let trial = try Trial(layer)
    let axis = trial.layout.inputAxis(trial.node)
    let channels = trial.layout.form == .product ? layer.input.count - 1 : 1
    let byWeight = try trial.result(weight: clearing(trial.weight, axis: axis, 2)).floats()
    let byInput = try trial.result(input: clearing(trial.input, axis: channels, 2)).floats()
    #expect(byWeight.contains { $0 != 0 })
    #expect(Distance(of: byWeight, from: byInput).worst < 1e-5)
    #expect(try byWeight != trial.result().floats())
  }

  @Test(arguments: layers.filter { $0.op != "MatMul" })
  func `the bias adds its factor to one channel`(layer: Layer) throws {
    let trial = try Trial(layer)
    let raised = try ATen.one("sub", "Tensor", trial.result(bias: 3), trial.result())
    let peaks = try peaks(raised, axis: trial.layout.resultAxis(rank: raised.rank))
    let factor = trial.layout.biasFactor(trial.node)
    for (channel, peak) in peaks.enumerated() {
      #expect(abs(peak - (channel == 3 ? factor : 0)) < 1e-5)
    }
    #expect(trial.layout.isPlain(trial.node) == (factor == 1))
  }

  @Test func `a weight of another rank, or with outputs of one group, has no output axis`() {
    let set = OperatorSet.standard
    func axis(_ op: String, rank: Int, groups: Int = 1) -> Int? {
      let node = Node(op, inputs: [], outputs: [], attributes: ["group": .int(groups)])
      return set[node]?.weights?.outputAxis(node, rank: rank)
    }
    #expect(axis("Conv", rank: 2) == nil && axis("MatMul", rank: 3) == nil)
    #expect(
      axis("Conv", rank: 4, groups: 2) == 0 && axis("ConvTranspose", rank: 4, groups: 2) == nil
    )
  }

  @Test(
    arguments: [
      ("Conv", [8, 1, 3, 3], 8, true), ("Conv", [8, 2, 3, 3], 4, false),
      ("Conv", [8, 1, 3, 3], 1, false), ("ConvTranspose", [8, 1, 3, 3], 8, true),
      ("ConvTranspose", [8, 1, 3, 3], 4, false), ("DeformConv", [8, 1, 3, 3], 8, true),
      ("Gemm", [8, 1], 8, false),
    ] as [(String, [Int], Int, Bool)]
  )
  func `depthwise is one input channel a group`(
    op: String,
    weight: [Int],
    groups: Int,
    isDepthwise: Bool
  ) throws {
    let node = Node(op, inputs: [], outputs: [], attributes: ["group": .int(groups)])
    let layout = try #require(OperatorSet.standard[node]?.weights)
    #expect(layout.isDepthwise(node, weight: weight) == isDepthwise)
  }

  @Test func `roles are those of the inputs that ONNX names`() {
    func roles(_ op: String) -> [ParameterRole?] {
      (0..<5).map { OperatorSet.standard[name: op]?.role(of: $0) }
    }
    // X, W, B; X, W, offset, B, mask; A and B on either side; X, scale, B, mean, var; X, scale, bias; X, slope.
    #expect(roles("Conv") == [nil, .weight, .bias, nil, nil])
    #expect(roles("DeformConv") == [nil, .weight, nil, .bias, nil])
    #expect(roles("MatMul") == [.weight, .weight, nil, nil, nil])
    #expect(
      roles("BatchNormalization") == [nil, .normScale, .normOffset, .statistic, .statistic]
    )
    #expect(roles("GroupNormalization") == [nil, .normScale, .normOffset, nil, nil])
    #expect(roles("RMSNormalization") == [nil, .normScale, nil, nil, nil])
    #expect(roles("PRelu") == [nil, .slope, nil, nil, nil])
    #expect(roles("Resize") == [nil, nil, nil, nil, nil])
  }
}
