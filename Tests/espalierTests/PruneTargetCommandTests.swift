import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

/// `espalier prune --target-…`, and the same in a recipe.
struct PruneTargetCommandTests {
  /// Multiply-adds of convolutions and of products of maps, by onnx's own shapes.
  private static let count = """
    import onnx, sys, math
    from onnx import shape_inference
    model = shape_inference.infer_shapes(onnx.load(sys.argv[1]), data_prop=True)
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim]
              for v in [*model.graph.value_info, *model.graph.input, *model.graph.output]}
    weights = {w.name: list(w.dims) for w in model.graph.initializer}
    macs = 0
    for node in model.graph.node:
        if node.op_type == "Conv":
            macs += math.prod(weights[node.input[1]][1:]) * math.prod(shapes[node.output[0]])
        elif node.op_type == "MatMul":
            macs += math.prod(shapes[node.output[0]]) * shapes[node.input[0]][-1]
    print(macs)
    """

  private static let detector = TestData.path("models/yolo11n_bccd/yolo11n_bccd.onnx") ?? ""

  private func size(_ path: String) throws -> Double {
    let found = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    return Double(try #require(found))
  }

  @Test(
    .enabled(if: Python.isPresent && TestData.isPresent, "no Python or no test data"),
    arguments: [0.8, 0.5]
  )
  func `multiply-adds as onnx's shapes count them meet the target`(share: Double) throws {
    let folder = try ScratchFolder()
    let path = folder.path("small.onnx")
    let result = try BuiltProgram.espalier([
      "prune", Self.detector, "--target-macs", "\(share)x", "-o", path,
    ])
    #expect(result.status == 0, "\(result.errors)")
    let counts = try [Self.detector, path].map { file in
      Double(try Python.run(Self.count, [file]).trimmingCharacters(in: .whitespacesAndNewlines))
    }
    let (before, after) = (try #require(counts[0]), try #require(counts[1]))
    #expect(after <= share * before)
    // The dearest block of 8 channels, of model.0: 11.1 M + 29.5 M of 16 channels, half of it.
    #expect(share * before - after < (11_059_200 + 29_491_200) / 2)
  }

  @Test(.enabled(if: TestData.isPresent, "no test data"), arguments: ["0.5x", "3MB"])
  func `the file is as small as was asked`(target: String) throws {
    let folder = try ScratchFolder()
    let path = folder.path("small.onnx")
    let result = try BuiltProgram.espalier([
      "prune", Self.detector, "--target-size", target, "--score", "lamp", "-o", path,
    ])
    #expect(result.status == 0, "\(result.errors)")
    let asked = target == "3MB" ? 3e6 : try size(Self.detector) / 2
    #expect(try size(path) <= asked * 1.0005)
    #expect(try size(path) > asked * 0.985)
  }

  @Test func `what is asked of our own session is measured, said and kept`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let times = folder.path("times.tsv")
    let arguments = [
      "prune", model, "--target-latency", "0.99x", "--on", "espalier", "--threads", "1",
      "--align", "1", "--layer-times", times, "--json", "-o", folder.path("cut.onnx"),
    ]
    let first = try BuiltProgram.espalier(arguments)
    // So small a network takes as long whatever is cut: the target may be out of reach, and is then said to be.
    #expect(first.status == 0 || first.errors.contains("cannot be reached"), "\(first.errors)")
    #expect(first.errors.contains("timing 1 of"), "\(first.errors)")
    let text = try String(contentsOfFile: times, encoding: .utf8)
    #expect(text.hasPrefix("espalier layer times 1\t"))
    let second = try BuiltProgram.espalier(arguments)
    #expect(!second.errors.contains("timing 1 of"), "\(second.errors)")
    if first.status == 0 {
      let target = try #require(try first.object()["target"] as? [String: Any])
      #expect(target["on"] as? String == "espalier" && target["asked"] is Double)
      #expect(target["predicted"] is Double && target["measured"] is Double)
    }
  }

  @Test(arguments: [
    (["--target-latency", "12"], Int32(2), "milliseconds such as 12ms"),
    (["--target-latency", "0.5x"], 2, "'--on' is needed"),
    (["--target-latency", "0.5x", "--on", "tflite"], 2, "one of espalier, onnxruntime, openvino"),
    (["--target-latency", "1.5x", "--on", "espalier"], 2, "a share below 1"),
    (["--target-macs", "0.5x", "--target-size", "0.5x"], 2, "cannot stand together"),
    (["--target-macs", "0.5x", "-s", "uniform"], 2, "'--strategy' and '--target-macs'"),
    (["--target-macs", "0.5x", "--set", "ratio=0.3"], 2, "how much is cut the target says"),
    (["--target-macs", "0.5x", "--on", "espalier"], 2, "'--target-latency' is needed"),
    (["--target-macs", "0.5x", "--set", "score.per=none"], 2, "'--score' is needed"),
    (["--target-macs", "0.5x", "--score", "lampe"], 4, "did you mean \"lamp\"?"),
    (["--target-macs", "0.5x"], 3, "'--align 1' makes smaller blocks"),
    (["--target-macs", "0.05x", "--align", "1"], 3, "cannot be reached: with the least channels"),
    (["--target-macs", "1G"], 3, "no less than the model costs"),
    (["--score", "lamp"], 2, "'--target-latency' is needed"),
    (
      ["--target-latency", "0.5x", "--on", "openvino", "--openvino", "libnone.so"], 5, "pip install"
    ),
  ])
  func `what a target cannot be is said`(arguments: [String], code: Int32, said: String) throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    var arguments = arguments
    // Four channels: blocks of 8 cannot be cut, where that is not what is tried.
    if said.contains("no less") || arguments.contains("--openvino") {
      arguments += ["--align", "1"]
    }
    let result = try BuiltProgram.espalier(["prune", model, "--dry-run"] + arguments)
    #expect(result.status == code, "\(result.errors)")
    #expect(result.errors.contains(said), "\(result.errors)")
  }

  @Test func `a recipe's target is the command's`() throws {
    let folder = try ScratchFolder()
    _ = try SmallDetector.write(into: folder)
    let recipe = try folder.write(
      """
      model: small.onnx
      steps:
        - prune: {target: {macs: 0.6x}, score: lamp, align: 1}
      """,
      to: "recipe.yml"
    )
    let run = try BuiltProgram.espalier(["compress", recipe, "--run", folder.path("run")])
    #expect(run.status == 0, "\(run.errors)")
    let command = try BuiltProgram.espalier([
      "prune", folder.path("small.onnx"), "--target-macs", "0.6x", "--score", "lamp", "--align",
      "1",
      "-o", folder.path("command.onnx"),
    ])
    #expect(command.status == 0, "\(command.errors)")
    let models = try ["run/model.onnx", "command.onnx"].map { try ONNX.read(folder.path($0)) }
    #expect(models[0].constants == models[1].constants)
    // By hand: each of four channels has 64 · (27 + 6) multiply-adds; two of them are half.
    #expect(models[0].constants["w1"]?.shape == [2, 3, 3, 3])
  }

  @Test(arguments: [
    ("target: {latency: 0.5x}", "needs the key 'on'"),
    ("target: {macs: 5ms}", "multiply-adds such as 1.2G"),
    ("target: {macs: 0.5x, size: 0.5x}", "cannot stand beside"),
    ("target: {macs: 0.5x}, strategy: uniform", "'strategy' cannot stand beside 'target"),
    ("target: {macs: 0.5x}, ratio: 0.3", "'ratio' cannot stand beside 'target"),
    ("target: {mac: 0.5x}", "did you mean 'macs'?"),
    ("target: {macs: 0.5x}, keep_at_least: 2", "a number from 0 to 1"),
    ("target: {macs: 0.5x}, sensitivities_file: none.json", "none.json"),
  ])
  func `a recipe's wrong target is told at its place`(step: String, said: String) throws {
    let folder = try ScratchFolder()
    _ = try SmallDetector.write(into: folder)
    let recipe = try folder.write(
      "model: small.onnx\nsteps:\n  - prune: {\(step)}\n",
      to: "recipe.yml"
    )
    let result = try BuiltProgram.espalier(["compress", recipe, "--dry-run"])
    #expect(result.status == 3, "\(result.errors)")
    #expect(result.errors.contains(said), "\(result.errors)")
  }
}
