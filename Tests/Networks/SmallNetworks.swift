package import Evaluation
package import Graphs
package import Models
import Operators
package import PluginHost
package import PluginKit
package import Quantization
import Tensors
import TestSupport

/// Networks of a few layers in which every rule of placing scales occurs, and what they run over.
package struct SmallNetwork {
  package private(set) var graph = Graph(model: ModelInfo(opsets: ["": 22], irVersion: 10))
  private var random: SeededNumbers

  package init(seed: UInt64 = 1, input: [Int] = [1, 3, 8, 8]) {
    random = SeededNumbers(seed &* 2 &+ 1)
    graph.inputs = [ValueInfo("x", .float32, Shape(input))]
  }

  package mutating func floats(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in
      (Float(random.next() >> 40) / Float(1 << 23) - 1) * scale
    }
  }

  /// Adds a node whose output has its name.
  package mutating func add(
    _ op: String,
    _ name: String,
    _ inputs: [String],
    _ more: NamedTable<Attribute> = [:]
  ) {
    graph.nodes.append(
      Node(op, name: "n.\(name)", inputs: inputs, outputs: [name], attributes: more)
    )
  }

  /// Adds a convolution of 3×3 with a bias.
  package mutating func convolve(
    _ name: String,
    _ input: String,
    _ from: Int,
    _ to: Int,
    groups: Int = 1
  ) {
    graph.constants["\(name).w"] = Constant(
      floats(to * from / groups * 9, scale: 0.3),
      shape: [to, from / groups, 3, 3]
    )
    graph.constants["\(name).b"] = Constant(floats(to, scale: 0.1), shape: [to])
    add(
      "Conv",
      name,
      [input, "\(name).w", "\(name).b"],
      ["pads": .ints([1, 1, 1, 1]), "group": .int(groups)]
    )
  }

  package mutating func constant(_ name: String, _ value: Constant) {
    graph.constants[name] = value
  }

  package mutating func finish(_ outputs: [String]) {
    let open = Shape([Dimension](repeating: .unknown, count: 4))
    graph.outputs = outputs.map { ValueInfo($0, .float32, open) }
  }

  /// A stem, a residual sum, a concatenation of pooled branches, a function that no runtime fuses, and a head with decoding.
  package static var detector: Graph {
    var net = SmallNetwork()
    net.convolve("stem", "x", 3, 8)
    net.add("Relu", "r0", ["stem"])
    net.convolve("a", "r0", 8, 8)
    net.add("Relu", "ra", ["a"])
    net.convolve("b", "ra", 8, 8, groups: 8)
    net.add("Add", "sum", ["b", "r0"])
    net.add("Relu", "rs", ["sum"])
    net.add(
      "MaxPool",
      "pooled",
      ["rs"],
      ["kernel_shape": .ints([3, 3]), "pads": .ints([1, 1, 1, 1])]
    )
    net.convolve("c", "rs", 8, 4)
    net.add("LeakyRelu", "lc", ["c"], ["alpha": .float(0.1)])
    net.add("Concat", "joined", ["pooled", "lc"], ["axis": .int(1)])
    net.convolve("d", "joined", 12, 8)
    net.add("Relu", "rd", ["d"])
    net.convolve("head", "rd", 8, 6)
    net.add("Sigmoid", "scores", ["head"])
    net.finish(["scores"])
    return net.graph
  }

  /// Images drawn for a network.
  package static func images(
    _ count: Int,
    shape: [Int] = [1, 3, 8, 8],
    seed: UInt64 = 9
  ) -> DrawnImages {
    var net = SmallNetwork(seed: seed)
    return DrawnImages(
      arrays: (0..<count).map { _ in Constant(net.floats(shape.reduce(1, *)), shape: shape) }
    )
  }
}

/// Arrays that stand for images.
package struct DrawnImages: CalibrationImages {
  package var input = "x"
  package let arrays: [Constant]
  /// Arrays of other inputs, the same for all images.
  package var others: [String: Constant] = [:]

  package init(input: String = "x", arrays: [Constant], others: [String: Constant] = [:]) {
    self.input = input
    self.arrays = arrays
    self.others = others
  }

  package var count: Int { arrays.count }
  package func inputs(_ index: Int) throws -> [String: Tensor] {
    try others.merging([input: arrays[index]]) { $1 }.mapValues { try $0.tensor() }
  }
}

/// A quantizer that takes one estimate for activations and extremes for weights.
package struct PlainQuantizer: Quantizer {
  package var estimate = RangeEstimate.extremes
  /// Names of layers that it leaves float.
  package var floats: Set<String> = []
  /// What else it asks for.
  package var wishes = QuantizationPlan()

  package init(
    estimate: RangeEstimate = .extremes,
    floats: Set<String> = [],
    wishes: QuantizationPlan = QuantizationPlan()
  ) {
    self.estimate = estimate
    self.floats = floats
    self.wishes = wishes
  }

  package func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan {
    let tensors = try model.tensors
    var plan = wishes
    plan.leftFloat = Set(
      tensors.filter { $0.kind == .weight && floats.contains($0.name) }.map(\.index)
    )
    return plan
  }

  package func ranges(
    of tensor: QuantizedTensor,
    in model: any QuantizationContext
  ) throws(PluginError) -> [QuantizationRange] {
    guard tensor.kind == .weight else {
      return [estimate.range(of: try model.statistics(of: tensor), for: tensor.encoding)]
    }
    var ranges: [QuantizationRange] = []
    let weight = try model.weight(of: tensor)
    if tensor.rangeCount == 1 {
      ranges = [QuantizationRange(magnitude: weight.withValues { Self.peak($0) })]
    } else {
      weight.forEachSlice(along: tensor.axis ?? 0) { _, values in
        ranges.append(QuantizationRange(magnitude: Self.peak(values)))
      }
    }
    return ranges
  }

  private static func peak(_ values: Span<Float>) -> Double {
    var peak: Float = 0
    for index in values.indices { peak = max(peak, abs(values[index])) }
    return Double(peak)
  }
}

extension QuantizeStep {
  /// Quantizes by a quantizer of the test.
  package static func plain(
    _ model: Model,
    _ settings: QuantizeSettings,
    images: any CalibrationImages,
    quantizer: PlainQuantizer = PlainQuantizer()
  ) throws -> QuantizeStep {
    try QuantizeStep.run(
      model,
      settings: settings,
      quantizer: quantizer,
      provenance: .ofTest,
      images: images,
      surroundings: Surroundings(
        registry: PluginRegistry(policy: PluginPolicy.standard(manifests: []))
      )
    )
  }
}

extension Provenance {
  /// Of a strategy that stands in a test.
  package static let ofTest = Provenance(
    strategy: "plain",
    plugin: "test",
    version: "0",
    sha256: "",
    settings: Settings()
  )
}
