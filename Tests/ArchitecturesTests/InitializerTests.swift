import Architectures
import Graphs
import Testing

struct InitializerTests {
  private static let graph = try? YOLOv3(backbone: .mobilenetV1()).graph(
    size: nil,
    weights: .seeded(7)
  )

  @Test(arguments: [
    ("yolo_block.0.0.1.conv.weights", 9 * 512), ("yolo_block.1.0.0.conv.weights", 768),
    ("yolo_output.0.conv.weights", 1024),
  ])
  func `starts the head normally with variance 2 over fan-in`(name: String, fanIn: Int) throws {
    let values = try floats(name)
    let moments = standardMoments(values, deviation: (2 / Double(fanIn)).squareRoot())
    let n = Double(values.count)
    // Six standard errors of each moment of n normal numbers.
    #expect(abs(moments.mean) < 6 / n.squareRoot())
    #expect(abs(moments.second - 1) < 6 * (2 / n).squareRoot())
    #expect(abs(moments.third) < 6 * (15 / n).squareRoot())
    #expect(abs(moments.fourth - 3) < 6 * (96 / n).squareRoot())
  }

  @Test func `puts the share of normal numbers into every tenth of a deviation`() throws {
    let values = try floats("yolo_block.0.tip.conv.weights")
    let deviation = (2 / Double(9 * 512)).squareRoot()
    // The normal distribution function at 0.5, 1, 2, 3 and 4, from tables.
    let table = [
      (0.5, 0.6914624613), (1, 0.8413447461), (2, 0.9772498681), (3, 0.9986501020),
      (4, 0.9999683288),
    ]
    let n = Double(values.count)
    for (bound, share) in table {
      for sign in [1.0, -1.0] {
        let below = values.count { Double($0) * sign < bound * deviation }
        let error = 6 * (share * (1 - share) / n).squareRoot()
        #expect(abs(Double(below) / n - share) < error, "\(bound)")
      }
    }
  }

  @Test func `starts MobileNet evenly within the square root of 6 over fan-in`() throws {
    for (name, fanIn) in [("conv6_sep_weights", 1024), ("conv5_1_dw_weights", 9)] {
      let values = try floats(name)
      let limit = (6 / Double(fanIn)).squareRoot()
      #expect(values.allSatisfy { abs(Double($0)) <= limit * 1.000001 })
      let moments = standardMoments(values, deviation: limit)
      let n = Double(values.count)
      #expect(abs(moments.mean) < 6 * (1 / 3 / n).squareRoot())
      #expect(abs(moments.second - 1 / 3) < 6 * (4 / 45 / n).squareRoot())
    }
  }

  @Test func `does not repeat numbers near each other`() throws {
    let values = try floats("yolo_block.0.0.1.conv.weights")
    let deviation = (2 / Double(9 * 512)).squareRoot()
    let n = Double(values.count)
    for lag in [1, 7, 8, 9, 16, 4608] {
      var sum = 0.0
      for index in lag..<values.count {
        sum += Double(values[index]) * Double(values[index - lag])
      }
      #expect(abs(sum / n / deviation / deviation) < 6 / n.squareRoot(), "lag \(lag)")
    }
  }

  @Test func `starts batch norm as identity and biases at zero`() throws {
    #expect(try floats("conv1_bn_scale") == [Float](repeating: 1, count: 32))
    #expect(try floats("conv1_bn_offset") == [Float](repeating: 0, count: 32))
    #expect(try floats("conv1_bn_mean") == [Float](repeating: 0, count: 32))
    #expect(try floats("conv1_bn_variance") == [Float](repeating: 1, count: 32))
    #expect(try floats("yolo_output.1.conv.bias") == [Float](repeating: 0, count: 255))
  }

  @Test func `starts deformable offsets at zero`() throws {
    let graph = try YOLOv3(backbone: .resnet50vdDCN).graph(size: nil)
    let weights = graph.constants["res5a_branch2b_conv_offset.w_0"]?.floats
    #expect(weights?.allSatisfy { $0 == 0 } == true)
    let bias = graph.constants["res5a_branch2b_conv_offset.b_0"]?.floats
    #expect(bias == [Float](repeating: 0, count: 27))
  }

  @Test func `gives the same bits for a seed, others for another, and others for each tensor`()
    throws
  {
    let model = YOLOv3(backbone: .mobilenetV1(width: 0.25), classes: 3)
    let graphs = try [1, 1, 2].map { try model.graph(size: nil, weights: .seeded($0)) }
    #expect(graphs[0] == graphs[1])
    #expect(graphs[0].constants["conv1_weights"] != graphs[2].constants["conv1_weights"])
    let first = graphs[0].constants["yolo_block.0.0.1.conv.weights"]
    #expect(first != graphs[0].constants["yolo_block.0.1.1.conv.weights"])
  }

  /// The figures were worked out in Python from SplitMix64 and the textbook formulas, in double precision.
  @Test func `agrees with the formulas worked out elsewhere`() throws {
    let normal = try floats("yolo_block.0.0.0.conv.weights")
    let normals: [Float] = [
      0.04594773763, -0.05355298660, -0.04611620435, 0.01184750873, 0.04736570785, -0.05685348594,
      -0.02102627885, 0.02113992391, -0.02208281573, -0.05158559483, -0.03482685015,
      -0.002077338057, 0.02837192857, 0.01694140947, 0.02123236079, 0.00002226275306,
    ]
    for (found, expected) in zip(normal, normals) { #expect(abs(found - expected) < 4e-8) }
    let last: [Float] = [-0.008195118156, -0.07808979947, -0.02725342002]
    for (found, expected) in zip(normal.suffix(3), last) { #expect(abs(found - expected) < 4e-8) }
    let evens: [Float] = [-0.08980684198, 0.2993202870, -0.4192021086, -0.09666891088]
    for (found, expected) in zip(try floats("conv1_weights"), evens) {
      #expect(abs(found - expected) < 1e-7)
    }
  }

  @Test func `keeps the bits from release to release`() throws {
    let normal = try floats("yolo_block.0.0.0.conv.weights").prefix(4).map(\.bitPattern)
    #expect(normal == [1_027_355_571, 3_176_880_738, 3_174_884_441, 1_010_965_531])
    let even = try floats("conv1_weights").prefix(4).map(\.bitPattern)
    #expect(even == [3_182_947_494, 1_050_230_914, 3_201_737_129, 3_183_868_506])
  }

  private func floats(_ name: String) throws -> [Float] {
    try #require(Self.graph?.constants[name]?.floats)
  }
}

/// The first four moments about zero, in units of `deviation`.
private func standardMoments(
  _ values: [Float],
  deviation: Double
) -> (mean: Double, second: Double, third: Double, fourth: Double) {
  var sums = (0.0, 0.0, 0.0, 0.0)
  for value in values {
    let z = Double(value) / deviation
    sums.0 += z
    sums.1 += z * z
    sums.2 += z * z * z
    sums.3 += z * z * z * z
  }
  let n = Double(values.count)
  return (sums.0 / n, sums.1 / n, sums.2 / n, sums.3 / n)
}
