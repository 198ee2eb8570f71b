import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct QuantizeTests {
  /// A detector and arrays to calibrate it with, in a folder.
  private func scene() throws -> (folder: ScratchFolder, model: String, arrays: String) {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let arrays = folder.path("inputs.npy")
    // Four images of 3×8×8 that rise from 0 to 1.
    var bytes = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3, 8, 8), }"
    header += String(repeating: " ", count: 64 - (10 + header.utf8.count + 1) % 64) + "\n"
    bytes += Data([UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)])
    bytes += Data(header.utf8)
    let values = (0..<4 * 192).map { Float($0) / 767 }
    bytes += unsafe values.withUnsafeBytes { unsafe Data($0) }
    try bytes.write(to: URL(filePath: arrays))
    return (folder, model, arrays)
  }

  @Test(arguments: ["abs_max", "kl", "hist", "mse", "avg", "emd"])
  func `quantizes by each algorithm, and says who did it`(algorithm: String) throws {
    let (folder, model, arrays) = try scene()
    let target = folder.path("out.onnx")
    let result = try BuiltProgram.espalier([
      "quantize", model, "--images", arrays, "--set", "algorithm=\(algorithm)", "-o", target,
      "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let object = try result.object()
    #expect(object["schema"] as? String == "espalier.quantize/1")
    let layers = try #require(object["layers"] as? [[String: Any]])
    #expect(layers.map { $0["name"] as? String } == ["first"])
    let floats = try #require(object["floatLayers"] as? [[String: Any]])
    #expect(floats.map { $0["name"] as? String } == ["second"])
    let outputs = try #require(object["outputs"] as? [[String: Any]])
    #expect(outputs.first?["decibels"] as? Double ?? 0 > 20)

    let small = try ONNX.read(target)
    #expect(small.constants["w1/quantized"]?.type == .int8)
    #expect(small.model.opset == 13)
    let note = try #require(small.model.metadata["espalier.step.0"])
    #expect(note.contains("\"algorithm\":\"\(algorithm)\"") || note.contains("\"\(algorithm)\""))
    #expect(note.contains("espalier.quantize"))
  }

  @Test func `without an algorithm all are tried, and the one whose outputs are nearest is kept`()
    throws
  {
    let (folder, model, arrays) = try scene()
    let target = folder.path("out.onnx")
    let arguments = ["quantize", model, "--images", arrays, "--target", "openvino", "-o", target]
    let result = try BuiltProgram.espalier(arguments + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    let choice = try #require(try result.object()["choice"] as? [String: Any])
    let trials = try #require(choice["trials"] as? [[String: Any]])
    let names = trials.compactMap { $0["value"] as? String }
    #expect(names == ["abs_max", "kl", "hist", "mse", "avg", "emd"])
    let decibels = trials.compactMap { $0["decibels"] as? Double }
    let chosen = try #require(choice["chosen"] as? String)
    #expect(names[try #require(decibels.firstIndex(of: decibels.max() ?? 0))] == chosen)
    let first = try Data(contentsOf: URL(filePath: target))
    let tried = try ONNX.read(target)
    let note = try #require(tried.model.metadata["espalier.step.0"])
    #expect(note.contains("\"chosen\":\"\(chosen)\""))

    let text = try BuiltProgram.espalier(arguments)
    #expect(text.text.contains("chosen"), "\(text.text)")
    #expect(try Data(contentsOf: URL(filePath: target)) == first)
    // The same file as by name, but for what the metadata says.
    let named = try BuiltProgram.espalier(arguments + ["--set", "algorithm=\(chosen)"])
    #expect(named.status == 0)
    #expect(try ONNX.read(target).constants == tried.constants)
  }

  @Test func `options of post are switched on by name, and told of`() throws {
    let (folder, model, arrays) = try scene()
    let result = try BuiltProgram.espalier(
      ["quantize", model, "--images", arrays, "--target", "openvino", "--json"]
        + [
          "equalize=true", "correct_bias=true", "learn_rounding=true", "rounding_iterations=20",
          "tuning_images=2", "min_sqnr=10",
        ].flatMap { ["--set", $0] } + ["-o", folder.path("out.onnx")]
    )
    #expect(result.status == 0, "\(result.errors)")
    let object = try result.object()
    let tuning = try #require(object["tuning"] as? [String: Any])
    #expect((tuning["equalized"] as? [[String: Any]])?.count == 1)
    #expect((tuning["learned"] as? [[String: Any]])?.count == 2)
    #expect(tuning["corrected"] as? [String] == ["first", "second"])
    let search = try #require(object["mixedPrecision"] as? [String: Any])
    #expect((search["trials"] as? [[String: Any]])?.map { $0["count"] as? Int } == [0])
    let text = try BuiltProgram.espalier([
      "quantize", model, "--images", arrays, "--set", "correct_bias=true", "--dry-run",
    ])
    #expect(text.text.contains("biases moved in 1 layer"), "\(text.text)")
  }

  @Test func `a dry run writes nothing, and skipped layers are named`() throws {
    let (folder, model, arrays) = try scene()
    let result = try BuiltProgram.espalier([
      "quantize", model, "--images", arrays, "--target", "openvino", "--skip", "sec*", "--dry-run",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.text.contains("skipped by 'sec*'"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("out.onnx")))
  }

  @Test(arguments: [
    (["--images", "none.npy", "-o", "x.onnx"], "none.npy"),
    (["-o", "x.onnx"], "--images"),
    (["--images", "INPUTS"], "-o"),
    (["--images", "INPUTS", "-o", "x.onnx", "--target", "toaster"], "onnxruntime"),
    (["--images", "INPUTS", "-o", "x.onnx", "--skip", "sec"], "did you mean '*sec*'"),
    (["--images", "INPUTS", "-o", "x.onnx", "--set", "algorithm=best"], "algorithm"),
    (["--images", "INPUTS", "-o", "x.onnx", "-s", "aware"], "train"),
    (["--images", "INPUTS", "-o", "x.onnx", "--set", "min_sqnr=300"], "max_float"),
    (["--images", "INPUTS", "-o", "x.onnx", "--set", "max_float=3"], "min_sqnr"),
    (["--images", "INPUTS", "-o", "x.onnx", "--set", "metric_drop=2"], "from 0 to 1"),
    (["--images", "INPUTS", "-o", "x.onnx", "--set", "metric_drop=0.1"], "--data"),
  ])
  func `what cannot be done is told with its cure`(options: [String], text: String) throws {
    let (folder, model, arrays) = try scene()
    let result = try BuiltProgram.espalier(
      ["quantize", model] + options.map { $0 == "INPUTS" ? arrays : $0 }
    )
    withExtendedLifetime(folder) {}
    #expect(result.status != 0)
    #expect(result.errors.contains(text), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: "x.onnx"))
  }

  @Test func `a recipe's last step quantizes what the others made`() throws {
    let (folder, _, _) = try scene()
    let recipe = folder.path("recipe.yml")
    let text = """
      model: small.onnx
      steps:
        - prune: {strategy: uniform, ratio: 0.5}
        - quantize: {strategy: post, calibration: inputs.npy, algorithm: mse}
      """
    try Data(text.utf8).write(to: URL(filePath: recipe))
    let run = folder.path("run")
    let result = try BuiltProgram.espalier(["compress", recipe, "--run", run])
    #expect(result.status == 0, "\(result.errors)")
    let made = try ONNX.read(run + "/model.onnx")
    #expect(made.constants["w1/quantized"]?.shape == [2, 3, 3, 3])
    #expect(made.model.metadata["espalier.step.1"]?.contains("quantize") == true)
  }

  @Test(arguments: [
    ("- quantize: {strategy: post}", "calibration"),
    ("- quantize: {strategy: post, calibration: inputs.npy}\n  - prune: {strategy: r578}", "last"),
    ("- quantize: {strategy: post, calibration: inputs.npy, algorithm: best}", "algorithm"),
    ("- quantize: {strategy: uniform, calibration: inputs.npy}", "esp.quantizer/1"),
  ])
  func `a recipe that cannot be right is refused before anything runs`(
    step: String,
    text: String
  )
    throws
  {
    let (folder, _, _) = try scene()
    let recipe = folder.path("recipe.yml")
    try Data("model: small.onnx\nsteps:\n  \(step)\n".utf8).write(to: URL(filePath: recipe))
    let run = folder.path("run")
    let result = try BuiltProgram.espalier(["compress", recipe, "--run", run])
    #expect(result.status != 0)
    #expect(result.errors.contains(text), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: run + "/model.onnx"))
  }

  @Test func `the recipes of the benchmark's quantization rows are understood`() throws {
    let folder = TestData.packageRoot.appendingPathComponent("Examples/recipes/quantization")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".yml")
    }
    #expect(files.count == 5)
    for file in files {
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        .replacingOccurrences(of: "pretrained: weights.onnx\n", with: "")
      let scratch = try ScratchFolder()
      try Data(text.utf8).write(to: URL(filePath: scratch.path(file)))
      let result = try BuiltProgram.espalier(["compress", scratch.path(file), "--dry-run"])
      #expect(result.status == 0, "\(file): \(result.errors)")
    }
  }
}
