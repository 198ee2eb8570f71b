import Evaluation
import Graphs
import Models
import Operators
import PluginKit
import Quantization
import Tensors
import Testing
import TestNetworks
import TestSupport

struct QuantizedGraphTests {
  private func step(
    _ target: QuantizationTarget,
    quantizer: PlainQuantizer = PlainQuantizer(),
    skip: [String] = []
  ) throws -> QuantizeStep {
    var settings = QuantizeSettings(strategy: "plain")
    settings.target = target
    settings.skip = skip
    return try QuantizeStep.plain(
      Model("detector", SmallNetwork.detector),
      settings,
      images: SmallNetwork.images(4),
      quantizer: quantizer
    )
  }

  @Test(arguments: QuantizationTarget.all.map(\.name))
  func `the quantized network is close to the float one, and says who made it`(name: String) throws
  {
    let target = try #require(QuantizationTarget.named(name))
    let step = try step(target)
    let noise = try #require(step.outputs.first?.noise)
    #expect(noise.decibels > 25, "\(noise.decibels) dB")
    #expect(step.after.graph.model.metadata["espalier.step.0"]?.contains("quantize") == true)
    #expect(step.images.calibrated == 4)
    try step.after.graph.verify()
  }

  @Test func `weights are int8 with a scale a filter, biases int32 of the product of the scales`()
    throws
  {
    let step = try step(.onnxRuntime)
    let graph = step.after.graph
    let weight = try #require(graph.constants["stem.w/quantized"])
    #expect(weight.type == .int8)
    #expect(weight.shape == [8, 3, 3, 3])
    #expect(graph.constants["stem.w"] == nil)
    let scales = try #require(graph.constants["stem.w/scale"]?.floats)
    let source = try #require(SmallNetwork.detector.constants["stem.w"]?.floats)
    for filter in 0..<8 {
      let peak = source[filter * 27..<(filter + 1) * 27].map(abs).max() ?? 0
      #expect(abs(scales[filter] - peak / 127) < 1e-9)
    }
    let input = try #require(graph.constants["x/scale"]?.floats?.first)
    let bias = try #require(SmallNetwork.detector.constants["stem.b"]?.floats)
    let numbers = try #require(graph.constants["stem.b/quantized"]?.integers)
    #expect(graph.constants["stem.b/quantized"]?.type == .int32)
    for filter in 0..<8 {
      let step = scales[filter] * input
      #expect(abs(Float(numbers[filter]) * step - bias[filter]) <= step * 0.51)
    }
  }

  @Test func `what is left float by the strategy or a pattern is named with its reason`() throws {
    let left = try step(
      .onnxRuntime,
      quantizer: PlainQuantizer(floats: ["n.a"]),
      skip: ["c.w", "n.d*"]
    )
    let reasons = Dictionary(
      uniqueKeysWithValues: left.placement.floats.map { ($0.name, $0.reason) }
    )
    #expect(reasons["n.a"] == "left float by the strategy")
    #expect(reasons["n.c"] == "skipped by 'c.w'")
    #expect(reasons["n.d"] == "skipped by 'n.d*'")
    #expect(left.after.graph.constants["a.w"] != nil)
  }

  @Test func `a tiny channel keeps its bias`() throws {
    var graph = SmallNetwork.detector
    var weight = try #require(graph.constants["a.w"]?.floats)
    for index in 0..<72 { weight[index] = index == 0 ? 1e-20 : 0 }
    graph.constants["a.w"] = Constant(weight, shape: [8, 8, 3, 3])
    var bias = try #require(graph.constants["a.b"]?.floats)
    bias[0] = 0.5
    graph.constants["a.b"] = Constant(bias, shape: [8])
    var settings = QuantizeSettings(strategy: "plain")
    settings.target = .onnxRuntime
    let step = try QuantizeStep.plain(
      Model("detector", graph),
      settings,
      images: SmallNetwork.images(2)
    )
    let made = step.after.graph
    let number = try #require(made.constants["a.b/quantized"]?.integers?.first)
    let scale = try #require(made.constants["a.b/scale"]?.floats?.first)
    #expect(abs(Float(number) * scale - 0.5) < 1e-4)
  }

  @Test func `layers are listed with the worst first, and their ranges`() throws {
    let step = try step(.openVINO)
    let own = step.layers.map(\.own.decibels)
    #expect(own == own.sorted())
    let head = try #require(step.layers.first { $0.name == "n.head" })
    #expect(head.range.low == 0)
    #expect(head.range.high > 0)
    #expect(step.layers.allSatisfy { $0.result != nil })
  }

  @Test func `a model without layers is refused`() throws {
    var net = SmallNetwork()
    net.add("Relu", "y", ["x"])
    net.finish(["y"])
    let model = try Model("plain", net.graph)
    #expect(throws: QuantizationError.self) {
      _ = try QuantizeStep.plain(
        model,
        QuantizeSettings(strategy: "plain"),
        images: SmallNetwork.images(1)
      )
    }
  }

  @Test func `values that are no numbers are refused by name`() throws {
    let array = Constant([Float](repeating: .nan, count: 192), shape: [1, 3, 8, 8])
    #expect(throws: CalibrationError.self) {
      _ = try QuantizeStep.plain(
        Model("detector", SmallNetwork.detector),
        QuantizeSettings(strategy: "plain"),
        images: DrawnImages(arrays: [array])
      )
    }
  }
}

struct BatchNormFoldingTests {
  @Test func `a folded network makes the same, with one node less for each batch norm`() throws {
    var net = SmallNetwork(seed: 5)
    net.convolve("c", "x", 3, 6)
    for (name, offset) in [("scale", 1.0), ("shift", 0), ("mean", 0), ("variance", 1.5)] {
      net.constant(name, Constant(net.floats(6, scale: 0.5).map { $0 + Float(offset) }, shape: [6]))
    }
    net.add("BatchNormalization", "y", ["c", "scale", "shift", "mean", "variance"])
    net.finish(["y"])
    let folded = try OperatorSet.standard.foldingBatchNorms(net.graph)
    #expect(folded.nodes.map(\.op) == ["Conv"])
    #expect(folded.nodes[0].outputs == ["y"])
    #expect(folded.constants["scale"] == nil)
    let image = try SmallNetwork.images(1).inputs(0)
    let before = try #require(try Session(net.graph).run(image)["y"]).floats()
    let after = try #require(try Session(folded).run(image)["y"]).floats()
    #expect(Distance(of: after, from: before).worst < 1e-4)
  }

  @Test func `a value that others read keeps its batch norm`() throws {
    var net = SmallNetwork(seed: 5)
    net.convolve("c", "x", 3, 2)
    for name in ["scale", "shift", "mean", "variance"] {
      net.constant(name, Constant([1, 1], shape: [2]))
    }
    net.add("BatchNormalization", "y", ["c", "scale", "shift", "mean", "variance"])
    net.add("Add", "z", ["c", "y"])
    net.finish(["z"])
    let folded = try OperatorSet.standard.foldingBatchNorms(net.graph)
    #expect(folded.nodes.map(\.op) == ["Conv", "BatchNormalization", "Add"])
  }
}
