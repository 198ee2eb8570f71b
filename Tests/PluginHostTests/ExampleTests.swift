import Architectures
import FoundationEssentials
import Glibc
import Graphs
import ModelFormats
import PluginHost
import PluginKit
import Tensors
import TestSupport
import Testing

/// The examples as an outsider ships them, through the loader that users have.
struct ExampleTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func registry(of example: String) throws -> PluginRegistry {
    let script = Workshop.packageRoot + "/Examples/\(example)/build.sh"
    let result = try runProcess(["/bin/sh", script, Workshop.packageRoot, workshop.path + "/built"])
    try #require(result.status == 0, "\(result.output)")
    return workshop.registry { policy in
      policy.manifests = [workshop.path + "/built"]
      policy.allowsUnvalidated = true
    }
  }

  @Test(.requiresCompiler) func `a plain C function scores channels by their L2 norm`() throws {
    let registry = try registry(of: "c-score")
    let model = SmallModel([("a", 3)], perChannel: 9)
    let scores = try registry.scorer(named: "org.example.l2").score(model.groups[0], of: model)
    #expect(scores == [3, 6, 9])
  }

  @Test(.requiresCompiler) func `two plain C functions are a loss with its gradient`() throws {
    let registry = try registry(of: "c-distill")
    let loss = try registry.distillLoss(
      named: "org.example.charbonnier",
      settings: ["epsilon": .double(4)]
    )
    let student = try Tensor([3, -3, 0, 7] as [Float], shape: [1, 1, 2, 2]).setRequiresGradient()
    let pair = DistillPair(student: student, teacher: try Tensor.full([1, 1, 2, 2], 0))
    let value = try loss.loss(of: [pair], in: StillMoment())
    // √(3² + 4²) = 5: (1 + 1 + 0 + √65 - 4) / 4, with slopes d / √(d² + 16) / 4.
    let root = 65.0.squareRoot()
    #expect(abs(try value.detached().doubles()[0] - (2 + root - 4) / 4) < 1e-6)
    try value.backward()
    let slopes = try #require(try student.gradient).doubles()
    for (found, wanted) in zip(slopes, [0.15, -0.15, 0, 7 / root / 4]) {
      #expect(abs(found - wanted) < 1e-6)
    }
  }

  /// The network of some tokens, which a task for faces can train: it has the outputs of our own.
  private func faceDetector(_ tokens: [Int], of space: PluginSpace) throws -> Graph {
    let run = StillSearch(inputSize: (height: 96, width: 64), classes: 1)
    #expect(try space.isFeasible(tokens, in: run))
    guard case .model(let bytes) = try space.network(tokens, in: run) else {
      throw PluginError(.internalError, "cuts came")
    }
    #expect(try space.network(tokens, in: run) == .model(bytes))
    let graph = try ONNX.graph(from: Bytes(bytes))
    try graph.verify()
    let ours = try BlazeFace(.nas).graph(
      size: ImageSize(height: 96, width: 64),
      weights: .structureOnly
    )
    func shapes(_ values: [ValueInfo]) -> [String: Shape?] {
      Dictionary(values.map { ($0.name, $0.type.shape) }) { $1 }
    }
    #expect(shapes(graph.inputs) == shapes(ours.inputs))
    #expect(shapes(graph.outputs) == shapes(ours.outputs))
    return graph
  }

  @Test(.requiresCompiler) func `a space in C writes its networks itself`() throws {
    let space = try registry(of: "c-space").space(named: "org.example.plain-face")
    let run = StillSearch()
    let dimensions = try space.dimensions(in: run)
    #expect(dimensions.map(\.name) == ["width", "depth", "kernel"])
    #expect(dimensions[0].labels == ["8", "12", "16", "24", "32"])
    #expect(try space.start(in: run) == [2, 1, 3])
    #expect(try space.isFeasible([0, 0, 4], in: run) == false)
    // A convolution a stage, 3x3: weights and biases of 3-8, 8-8, 8-16, 16-32 channels, and of the predictions.
    let least = try faceDetector([0, 0, 3], of: space)
    let values = least.constants.reduce(0) { $0 + $1.value.shape.reduce(1, *) }
    let layers = [(3, 8), (8, 8), (8, 16), (16, 32), (16, 8 + 4), (32, 24 + 12)]
    #expect(values == layers.reduce(0) { $0 + $1.1 * ($1.0 * 9 + 1) })
    #expect(try faceDetector([4, 3, 5], of: space).nodes.count == 2 * 13 + 4)
    let error = try #require(throws: PluginError.self) {
      try space.network([0, 0, 3], in: StillSearch(inputSize: (height: 90, width: 64)))
    }
    #expect(error.message.contains("multiples of 16"))
  }

  @Test(
    .requiresCompiler,
    .enabled(if: Python.isPresent, Comment(rawValue: Python.reason)),
    arguments: [[0, 0, 3], [4, 3, 5], [2, 1, 3]]
  )
  func `what a space in C writes passes ONNX's checker`(tokens: [Int]) throws {
    let space = try registry(of: "c-space").space(named: "org.example.plain-face")
    guard case .model(let bytes) = try space.network(tokens, in: StillSearch()) else {
      Issue.record("cuts came")
      return
    }
    let file = workshop.path + "/network.onnx"
    try Data(bytes).write(to: URL(filePath: file))
    let said = try Python.run(
      """
      import onnx, onnxruntime, numpy, sys
      onnx.checker.check_model(sys.argv[1], full_check=True)
      session = onnxruntime.InferenceSession(sys.argv[1])
      image = numpy.random.default_rng(0).standard_normal((2, 3, 128, 128)).astype("float32")
      found = dict(zip([o.name for o in session.get_outputs()], session.run(None, {"image": image})))
      print([found[n].shape for n in ("face_box.0", "face_score.0", "face_box.1", "face_score.1")])
      print(all(0.01 < numpy.abs(v).mean() < 10 for v in found.values()))
      """,
      [file]
    )
    #expect(said == "[(2, 8, 16, 16), (2, 4, 16, 16), (2, 24, 8, 8), (2, 12, 8, 8)]\nTrue\n")
  }

  @Test(
    .enabled(
      if: unsafe getenv("ESPALIER_BUILD_EXAMPLES") != nil,
      "building a Swift package takes a minute: set ESPALIER_BUILD_EXAMPLES=1"
    )
  ) func `a space in Swift builds its networks of our layers`() throws {
    let space = try registry(of: "swift-space").space(
      named: "org.example.narrow-face",
      settings: ["most_blocks": .int(2)]
    )
    let run = StillSearch()
    let dimensions = try space.dimensions(in: run)
    #expect(dimensions.map(\.range.count) == [7, 2, 7, 2, 7, 2, 2])
    #expect(try space.isFeasible([2, 1, 1, 1, 3, 1, 0], in: run) == false)
    let start = try faceDetector(space.start(in: run), of: space)
    let larger = try faceDetector([2, 2, 4, 2, 6, 2, 1], of: space)
    #expect(larger.nodes.count > start.nodes.count)
    #expect(larger.constants["stage3.1.depthwise_weights"]?.shape == [32, 1, 5, 5])
  }

  @Test(
    .enabled(
      if: unsafe getenv("ESPALIER_BUILD_EXAMPLES") != nil,
      "building a Swift package takes a minute: set ESPALIER_BUILD_EXAMPLES=1"
    )
  ) func `a Swift plugin plans and scores with its own score`() throws {
    let registry = try registry(of: "swift-pruner")
    let model = SmallModel([("wide", 16), ("narrow", 4)], perChannel: 1)
    let pruner = try registry.pruner(
      named: "org.example.geometric-median",
      settings: ["ratio": .string("0.5")]
    )
    #expect(try pruner.plan(for: model).cuts == ["wide": .ratio(0.5)])
    let scorer = try #require(pruner.scorer)
    // Filters 1, -2, 3, -4: the sums of their distances on the line.
    #expect(try scorer.score(model.groups[1], of: model) == [10, 12, 14, 16])
  }
}
