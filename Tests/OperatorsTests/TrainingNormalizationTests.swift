import Foundation
import Graphs
import Operators
import Tensors
import Testing
import TestSupport

/// Batch norm while training, against its formulas in double precision (Ioffe and Szegedy 2015, algorithm 1 and section 3).
struct TrainingNormalizationTests {
  /// What one case is about: sizes in the order image, channel, row, column.
  struct Case: CustomTestStringConvertible {
    var shape: [Int]
    var activation: String?
    var slope = 1.0
    var offset: Float = 0
    var channelsLast = true

    var testDescription: String {
      "\(shape) \(activation ?? "alone") about \(offset)\(channelsLast ? "" : ", rows last")"
    }
  }

  static let cases = [
    Case(shape: [3, 3, 5, 7], activation: "LeakyRelu", slope: 0.1),
    Case(shape: [2, 8, 5, 5], activation: "Relu", slope: 0),
    Case(shape: [2, 70, 3, 3]),
    Case(shape: [4, 16, 40, 40], activation: "LeakyRelu", slope: 0.1),
    Case(shape: [4, 16, 20, 20], activation: "Relu", slope: 0, offset: 300),
    Case(shape: [2, 8, 5, 5], activation: "LeakyRelu", slope: 0.1, channelsLast: false),
    Case(shape: [5, 6, 1, 1], activation: "Relu", slope: 0),
  ]

  @Test(arguments: cases)
  func `computes values, gradients and running statistics as the formulas say`(
    _ item: Case
  ) throws {
    let expected = Expected(item)
    let made = try Made(item)
    // A 32-bit float about 300 is exact to 2^-16.
    #expect(difference(made.output, expected.output) < (item.offset == 0 ? 1e-5 : 5e-5))
    let tolerance = item.offset == 0 ? 2e-5 : 2e-3
    #expect(difference(made.input, expected.input) < tolerance)
    #expect(difference(made.scale, expected.scale) < tolerance)
    #expect(difference(made.shift, expected.shift) < tolerance)
    #expect(difference(made.mean, expected.mean) < 1e-5)
    #expect(difference(made.variance, expected.variance) < 1e-4)
  }

  @Test func `returns the norm by itself where it is tapped`() throws {
    let item = Case(shape: [2, 8, 5, 5], activation: "Relu", slope: 0)
    let made = try Made(item, taps: ["n"])
    let plain = Expected(Case(shape: item.shape))
    #expect(difference(try #require(made.tapped), plain.output) < 1e-5)
    #expect(difference(made.output, Expected(item).output) < 1e-5)
  }

  @Test func `refuses parameters that are not one a channel`() throws {
    var draw = Draw(seed: 3)
    let graph = Graph.of(
      [Node("BatchNormalization", name: "bn", inputs: ["x", "s", "o", "m", "v"], outputs: ["y"])],
      input: [2, 8, 4, 4],
      constants: [
        "s": draw.positive([3]), "o": draw.constant([8]), "m": draw.constant([8]),
        "v": draw.positive([8]),
      ],
      outputs: ["y"]
    )
    let image = try ATen.one(
      "clone",
      "",
      draw.constant([2, 8, 4, 4]).tensor(),
      MemoryFormat.channelsLast
    )
    let error = #expect(throws: (any Error).self) {
      try Session(graph, mode: .training).run(["x": image])
    }
    #expect("\(try #require(error))".contains("'bn'"))
  }

  @Test func `gives equal bits with one thread and with two`() throws {
    let item = Self.cases[3]
    let before = try Runtime.threadCount()
    defer { try? Runtime.setThreadCount(before) }
    try Runtime.setThreadCount(1)
    let one = try Made(item)
    try Runtime.setThreadCount(2)
    let two = try Made(item)
    #expect(one.output == two.output)
    #expect(one.input == two.input)
    #expect(one.scale == two.scale)
  }

  /// The greatest difference, relative to the greatest value where that is above 1.
  private func difference(_ values: [Double], _ expected: [Double]) -> Double {
    Distance(of: values, from: expected).relative
  }
}

extension TrainingNormalizationTests {
  /// What a case starts from.
  struct Drawn {
    let x, gradient, scale, shift, mean, variance: Constant

    init(_ item: Case) {
      var draw = Draw(seed: 11)
      let channels = [item.shape[1]]
      let values = draw.floats(item.shape.reduce(1, *), scale: 2).map { $0 + item.offset }
      x = Constant(values, shape: item.shape)
      gradient = draw.constant(item.shape)
      scale = draw.positive(channels)
      shift = draw.constant(channels)
      mean = draw.constant(channels)
      variance = draw.positive(channels)
    }
  }

  /// What the session makes.
  struct Made {
    let output, input, scale, shift, mean, variance: [Double]
    let tapped: [Double]?

    init(_ item: Case, taps: [String] = []) throws {
      let drawn = Drawn(item)
      var nodes = [
        Node("BatchNormalization", inputs: ["x", "s", "o", "m", "v"], outputs: ["n"])
      ]
      if let activation = item.activation {
        nodes.append(
          Node(
            activation,
            inputs: ["n"],
            outputs: ["y"],
            attributes: activation == "LeakyRelu" ? ["alpha": .float(Float(item.slope))] : [:]
          )
        )
      }
      let name = item.activation == nil ? "n" : "y"
      let graph = Graph.of(
        nodes,
        input: item.shape,
        constants: [
          "s": drawn.scale, "o": drawn.shift, "m": drawn.mean, "v": drawn.variance,
        ],
        outputs: [name]
      )
      let session = Session(graph, mode: .training)
      let format = item.channelsLast ? MemoryFormat.channelsLast : .contiguous
      let image = try ATen.one("clone", "", drawn.x.tensor(), format)
      try image.setRequiresGradient()
      let parameters = try ["s", "o"].map { try session.tensor(constant: $0) }
      for parameter in parameters { try parameter.setRequiresGradient() }
      let result = try session.run(["x": image], taps: taps)
      let output = try #require(result[name])
      let loss = try ATen.one(
        "sum",
        "",
        ATen.one("mul", "Tensor", output, drawn.gradient.tensor())
      )
      try loss.backward()
      func values(_ tensor: Tensor?) throws -> [Double] {
        try #require(tensor).detached().doubles()
      }
      self.output = try values(output)
      tapped = try taps.first.map { try values(result[$0]) }
      input = try values(image.gradient)
      scale = try values(parameters[0].gradient)
      shift = try values(parameters[1].gradient)
      mean = try values(session.tensor(constant: "m"))
      variance = try values(session.tensor(constant: "v"))
    }
  }

  /// What the formulas give.
  struct Expected {
    private(set) var output, input, scale, shift, mean, variance: [Double]

    init(_ item: Case) {
      let drawn = Drawn(item)
      let x = (drawn.x.floats ?? []).map(Double.init)
      let upstream = (drawn.gradient.floats ?? []).map(Double.init)
      func channel(_ constant: Constant, _ c: Int) -> Double { Double(constant.floats?[c] ?? .nan) }
      let (images, channels, size) = (item.shape[0], item.shape[1], item.shape[2] * item.shape[3])
      let count = Double(images * size)
      (output, input) = (x, x)
      (scale, shift, mean, variance) = ([], [], [], [])
      for c in 0..<channels {
        let places = (0..<images).flatMap { n in
          (0..<size).map { (n * channels + c) * size + $0 }
        }
        let average = places.map { x[$0] }.reduce(0, +) / count
        let spread = places.map { (x[$0] - average) * (x[$0] - average) }.reduce(0, +) / count
        let deviation = (spread + Double(Float(1e-5))).squareRoot()
        var (product, total) = (0.0, 0.0)
        for place in places {
          let normal = (x[place] - average) / deviation
          let z = normal * channel(drawn.scale, c) + channel(drawn.shift, c)
          output[place] = z > 0 ? z : z * item.slope
          let gradient = upstream[place] * (z > 0 ? 1 : item.slope)
          total += gradient
          product += gradient * normal
        }
        for place in places {
          let normal = (x[place] - average) / deviation
          let z = normal * channel(drawn.scale, c) + channel(drawn.shift, c)
          let gradient = upstream[place] * (z > 0 ? 1 : item.slope)
          input[place] =
            channel(drawn.scale, c) / deviation
            * (gradient - total / count - normal * product / count)
        }
        scale.append(product)
        shift.append(total)
        mean.append(0.9 * channel(drawn.mean, c) + 0.1 * average)
        variance.append(0.9 * channel(drawn.variance, c) + 0.1 * spread * count / (count - 1))
      }
    }
  }
}
