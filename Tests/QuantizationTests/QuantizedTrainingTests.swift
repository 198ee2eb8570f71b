import Graphs
import Models
import Operators
import PluginHost
import PluginKit
import Quantization
import Tensors
import TestNetworks
import TestSupport
import Testing
import Training

struct FakeQuantizationTests {
  private func graph(_ attributes: NamedTable<Attribute>, state: Constant) -> Graph {
    var graph = Graph(
      nodes: [
        Node(
          FakeQuantization.activation,
          name: "round",
          domain: FakeQuantization.domain,
          inputs: ["x", "state"],
          outputs: ["y"],
          attributes: attributes
        )
      ],
      inputs: [ValueInfo("x", .float32, [4])],
      outputs: [ValueInfo("y")],
      constants: ["state": state]
    )
    graph.model.opset = 22
    return graph
  }

  private func session(_ graph: Graph) -> Session {
    Session(graph, operators: OperatorSet.standard.withRounding, mode: .training)
  }

  @Test func `values are rounded to steps, and gradients pass straight through inside the range`()
    throws
  {
    // Ends of the last batch −1.27 and 1.27: steps of 0.01; the batch itself moves them to 1.27 again.
    let session = session(
      graph(
        ["following": .int(2), "symmetric": .int(1)],
        state: Constant([-1.27, 1.27], shape: [2])
      )
    )
    let x = try Tensor([0.004, -0.016, 1.27, 0.5] as [Float], shape: [4])
    try x.setRequiresGradient()
    let y = try #require(try session.run(["x": x])["y"])
    let found = try y.floats()
    #expect(Distance(of: found, from: [0, -0.02, 1.27, 0.5] as [Float]).worst < 1e-6)
    try ATen.one("sum", y).backward()
    #expect(try x.gradient?.floats() == [1, 1, 1, 1])
  }

  @Test func `the moving average is the benchmark's`() throws {
    let session = session(
      graph(
        ["following": .int(0), "symmetric": .int(1), "rate": .float(0.9)],
        state: Constant([1, -1, 1], shape: [3])
      )
    )
    var expected = MovingAverageScale()
    for peak in [2, 4, 3] as [Float] {
      let x = try Tensor([0, -peak / 2, peak, 0.1], shape: [4])
      _ = try session.run(["x": x])
      expected.observe(peak)
    }
    let state = try session.tensor(constant: "state").floats()
    #expect(abs(state[2] / state[0] - expected.scale) < 1e-5)
  }

  @Test func `a learned step has the gradient of LSQ`() throws {
    let session = session(
      graph(
        ["following": .int(3), "low": .int(-127), "high": .int(127)],
        state: Constant([0.1], shape: [1])
      )
    )
    let step = try session.tensor(constant: "state")
    try step.setRequiresGradient()
    try session.set(constant: "state", to: step)
    // 0.234 lies at 2.34 steps: round − value = −0.34; 20 is above 12.7: its share is 127.
    let x = try Tensor([0.234, 20, 0, 0] as [Float], shape: [4])
    let y = try #require(try session.run(["x": x])["y"])
    try ATen.one("sum", y).backward()
    let gradient = try #require(try step.gradient?.floats().first)
    let share = 1 / Float(4 * 127).squareRoot()
    #expect(abs(gradient - (-0.34 + 127) * share) < 1e-3)
  }
}

struct QuantizedTrainingTests {
  /// A quantizer that trains.
  private struct Trained: Quantizer {
    let training: QuantizationPlan.Training
    func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan {
      QuantizationPlan(training: training)
    }
    func ranges(
      of tensor: QuantizedTensor,
      in model: any QuantizationContext
    ) throws(PluginError) -> [QuantizationRange] {
      try PlainQuantizer().ranges(of: tensor, in: model)
    }
  }

  private func step(
    _ training: QuantizationPlan.Training,
    iterations: Int,
    target: QuantizationTarget
  ) throws -> QuantizeStep {
    let folder = try ScratchFolder()
    var settings = QuantizeSettings(strategy: "trained")
    settings.target = target
    settings.train = SmallProblem.settings(iterations)
    settings.train?.learningRate = 0.02
    var images = SmallNetwork.images(4)
    images.input = "image"
    var surroundings = QuantizeStep.Surroundings(
      registry: PluginRegistry(policy: PluginPolicy.standard(manifests: []))
    )
    surroundings.train = { model, how in
      try TrainStep.run(
        model,
        settings: how,
        material: SmallProblem.material(),
        place: TrainingLoop.Place(folder: folder.path("run"), number: 1)
      )
    }
    return try QuantizeStep.run(
      try SmallProblem.model(),
      settings: settings,
      quantizer: Trained(training: training),
      provenance: Provenance(
        strategy: "trained",
        plugin: "test",
        version: "0",
        sha256: "",
        settings: Settings()
      ),
      images: images,
      surroundings: surroundings
    )
  }

  @Test(arguments: [
    QuantizationPlan.Training.movingAverage(rate: 0.9), .range(window: 8), .batch,
    .learned(share: 1),
  ])
  func `training with rounded values goes down and ends in whole numbers`(
    training: QuantizationPlan.Training
  ) throws {
    let step = try step(training, iterations: 60, target: .openVINO)
    let losses = try #require(step.training?.summary)
    #expect(losses.loss < 0.05, "\(losses.loss)")
    let graph = step.after.graph
    #expect(!graph.nodes.contains { $0.domain == FakeQuantization.domain })
    #expect(graph.constants["w1/quantized"]?.type == .int8)
    #expect(!graph.constants.names.contains { $0.hasSuffix("/state") })
    // The result is the trained network's, not the first one's.
    let weight = step.before.graph.constants["w2"]?.floats ?? []
    let scale = graph.constants["w2/scale"]?.floats?.first ?? 0
    #expect(abs(scale - (weight.map(abs).max() ?? 0) / 127) > 1e-5)
  }

  @Test func `batch norms stay and train where the target keeps them`() throws {
    let step = try step(.movingAverage(rate: 0.9), iterations: 20, target: .benchmark)
    let graph = step.after.graph
    #expect(graph.nodes.contains { $0.op == "BatchNormalization" })
    #expect(graph.constants["mean"] != step.before.graph.constants["mean"])
  }

  @Test func `a strategy that trains needs to be told how long, and one that does not must not be`()
    throws
  {
    var settings = QuantizeSettings(strategy: "trained")
    settings.target = .openVINO
    var images = SmallNetwork.images(2)
    images.input = "image"
    let model = try SmallProblem.model()
    #expect(throws: QuantizationError.training(strategy: "trained", wanted: false)) {
      settings.train = SmallProblem.settings(1)
      _ = try QuantizeStep.plain(model, settings, images: images)
    }
  }
}

/// Bytes of the benchmark's family as the benchmark counts them: weights of convolutions one byte, all else four, and a scale for
/// each channel of a convolution.
struct BenchmarkSizeTests {
  private func megabytes(_ name: String, skipping skip: [String]) throws -> Double {
    let model = try Model.built(name, classes: 80, inputSize: [1, 3, 64, 64])
    var settings = QuantizeSettings(strategy: "plain")
    settings.skip = skip
    settings.target = .benchmark
    let graph = model.graph
    let placement = QuantizationPlacement(
      graph,
      operators: model.operators,
      target: .benchmark
    ) { node in skip.contains { node.inputs[1].contains($0) } ? "skipped" : nil }
    var scales = QuantizedScales()
    for activation in placement.activations {
      scales.activations[activation.name] = QuantizationParameters(scale: 1, zero: 0)
    }
    var channels = 0
    for layer in placement.layers {
      scales.weights[layer.name] = [Float](repeating: 1, count: layer.channels)
    }
    let quantized = QuantizedGraph(graph, placement: placement, scales: scales).graph
    var bytes = 0
    for node in quantized.nodes
    where ["Conv", "DeformConv", "BatchNormalization"].contains(node.op) {
      for input in node.inputs {
        if let constant = quantized.constants[input] { bytes += 4 * constant.count }
      }
      if node.op == "Conv" {
        let weight = graph.nodes.first { $0.name == node.name }?.inputs[1] ?? ""
        channels += graph.constants[weight]?.shape[0] ?? 0
      }
    }
    for (name, constant) in quantized.constants
    where constant.type == .int8 && name.hasSuffix("/quantized") {
      bytes += constant.count
    }
    return Double(bytes + 4 * channels) / 1e6
  }

  @Test(
    arguments: [
      ("yolov3_mobilenet_v1", [], 24.93), ("yolov3_mobilenet_v1", ["yolo_output"], 26.30),
      ("yolov3_resnet34", [], 42.63), ("yolov3_resnet34", ["yolo_output"], 44.00),
      ("yolov3_resnet50vd_dcn", ["yolo_output"], 69.2),
    ] as [(String, [String], Double)]
  )
  func `exports have the benchmark's sizes`(name: String, skip: [String], wanted: Double) throws {
    let found = try megabytes(name, skipping: skip)
    // The reckoning for ResNet34 is 9 kB higher than ours, and not explained; the one for ResNet50 has one digit less.
    let tolerance = name == "yolov3_mobilenet_v1" ? 0.005 : name == "yolov3_resnet34" ? 0.01 : 0.05
    #expect(abs(found - wanted) < tolerance, "\(found) MB")
  }
}
