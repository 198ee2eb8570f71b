import Foundation
import Graphs
import ModelFormats
import Models
import Operators
import PluginKit
import Quantization
import TestNetworks
import TestSupport
import Testing

/// Biases of every shape that ONNX broadcasts, in whole numbers.
struct LayerBiasTests {
  /// x → Gemm with the bias → Relu → a head that stays float.
  private func model(
    bias: Constant,
    transposed: Bool = false,
    alpha: Float = 1,
    beta: Float = 1,
    weight scale: Float = 0.4
  ) throws -> Model {
    var net = SmallNetwork(seed: 3, input: [4, 6])
    // Filters of unlike size, so that each has a scale of its own.
    let values = net.floats(48, scale: scale).enumerated().map { index, value in
      value * Float(1 + (transposed ? index / 6 : index % 8))
    }
    net.constant("w", Constant(values, shape: transposed ? [8, 6] : [6, 8]))
    net.constant("c", bias)
    net.constant("v", Constant(net.floats(24), shape: [8, 3]))
    net.add(
      "Gemm",
      "g",
      ["x", "w", "c"],
      ["transB": .int(transposed ? 1 : 0), "alpha": .float(alpha), "beta": .float(beta)]
    )
    net.add("Relu", "r", ["g"])
    net.add("MatMul", "y", ["r", "v"])
    net.finish(["y"])
    var graph = net.graph
    graph.outputs = [ValueInfo("y", .float32, [4, 3])]
    return try Model("product", graph)
  }

  static let shapes: [[Int]] = [[], [1], [8], [1, 8], [1, 1]]

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"), arguments: shapes, [false, true])
  func `a bias of any shape is spread over channels`(shape: [Int], transposed: Bool) throws {
    let count = shape.reduce(1, *)
    let bias = Constant((0..<count).map { 0.7 + Float($0) / 10 }, shape: shape)
    for (alpha, beta) in [(1, 1), (0.5, 1), (1, 2)] as [(Float, Float)] {
      let model = try model(bias: bias, transposed: transposed, alpha: alpha, beta: beta)
      let images = SmallNetwork.images(4, shape: [4, 6])
      let step = try QuantizeStep.plain(
        model,
        QuantizeSettings(strategy: "plain"),
        images: images
      )
      #expect(step.placement.layers.map(\.name) == ["n.g"])
      let folder = try ScratchFolder()
      for (name, graph) in [("float", model.graph), ("small", step.after.graph)] {
        try ONNX.write(OperatorSet.standard.exported(graph), to: folder.path("\(name).onnx"))
      }
      try Data(NPY.encode(images.arrays[0])).write(to: URL(filePath: folder.path("x.npy")))
      let printed = try Python.run(Self.script, [folder.path("")])
      let decibels = printed.split(separator: "\n").compactMap { Double($0) }
      #expect(decibels.count == 2)
      for found in decibels { #expect(found > 30, "\(shape) alpha \(alpha) beta \(beta)") }
    }
  }

  private static let script = """
    import numpy as np, onnx, onnxruntime as ort, sys
    folder = sys.argv[1]
    x = np.load(folder + "/x.npy")
    onnx.checker.check_model(folder + "/small.onnx", full_check=True)
    def run(name, level):
        options = ort.SessionOptions()
        options.graph_optimization_level = level
        return ort.InferenceSession(f"{folder}/{name}.onnx", options, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
    levels = ort.GraphOptimizationLevel
    exact = run("float", levels.ORT_DISABLE_ALL)
    for level in [levels.ORT_DISABLE_ALL, levels.ORT_ENABLE_ALL]:
        found = run("small", level)
        print(10 * np.log10((exact ** 2).sum() / ((found - exact) ** 2).sum()))
    """

  @Test func `a bias with a number a row leaves its layer float, with the reason`() throws {
    let bias = Constant((0..<32).map(Float.init), shape: [4, 8])
    #expect {
      _ = try QuantizeStep.plain(
        model(bias: bias),
        QuantizeSettings(strategy: "plain"),
        images: SmallNetwork.images(2, shape: [4, 6])
      )
    } throws: {
      "\($0)".contains("one number an output channel")
    }
  }

  @Test func `a moved bias of one number becomes one a channel`() throws {
    var settings = QuantizeSettings(strategy: "plain")
    settings.target = .openVINO
    let step = try QuantizeStep.plain(
      model(bias: Constant([0.7], shape: [1])),
      settings,
      images: SmallNetwork.images(4, shape: [4, 6]),
      quantizer: PlainQuantizer(
        wishes: QuantizationPlan(correctsBiases: true, learnsRounding: true, roundingIterations: 20)
      )
    )
    let bias = try #require(step.after.graph.constants["c/corrected"]?.floats)
    #expect(bias.count == 8)
    for value in bias { #expect(abs(value - 0.7) < 0.1) }
  }

  @Test(arguments: [Float.nan, .infinity])
  func `a weight or bias that is no number is named`(value: Float) throws {
    var broken = try model(bias: Constant([Float](repeating: 0, count: 7) + [value], shape: [8]))
    func quantize() throws {
      _ = try QuantizeStep.plain(
        broken,
        QuantizeSettings(strategy: "plain"),
        images: SmallNetwork.images(2, shape: [4, 6])
      )
    }
    #expect(throws: QuantizationError.notFinite(constant: "c", layer: "n.g", count: 1)) {
      try quantize()
    }
    broken = try model(bias: Constant([0] as [Float], shape: [1]), weight: value)
    #expect(throws: QuantizationError.self) { try quantize() }
  }

  @Test(arguments: [Float.leastNormalMagnitude, 1e-30, 1e-20, 1e20, 1e30])
  func `inputs of any size have biases in steps that are numbers`(size: Float) throws {
    let bias = Constant([0.5] + [Float](repeating: 0, count: 7), shape: [8])
    let images = DrawnImages(
      arrays: SmallNetwork.images(2, shape: [4, 6]).arrays.map {
        Constant(($0.floats ?? []).map { $0 * size }, shape: $0.shape)
      }
    )
    let step = try QuantizeStep.plain(
      model(bias: bias),
      QuantizeSettings(strategy: "plain"),
      images: images
    )
    let steps = try #require(step.after.graph.constants["c/scale"]?.floats)
    for value in steps { #expect(value >= .leastNormalMagnitude && value.isFinite) }
    let noise = try #require(step.outputs.first?.noise)
    #expect(noise.decibels > 20, "\(noise.decibels)")
  }

  @Test func `a model that is quantized already is refused with its nodes`() throws {
    let images = SmallNetwork.images(2, shape: [4, 6])
    let first = try QuantizeStep.plain(
      model(bias: Constant([0.7], shape: [1])),
      QuantizeSettings(strategy: "plain"),
      images: images
    )
    #expect {
      _ = try QuantizeStep.plain(
        first.after,
        QuantizeSettings(strategy: "plain"),
        images: images
      )
    } throws: {
      let text = "\($0)"
      return text.contains("quantized already") && text.contains("QuantizeLinear 'x/")
        && text.contains("float network")
    }
  }
}
