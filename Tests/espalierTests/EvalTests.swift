import Foundation
import Graphs
import ModelFormats
import Models
import TestSupport
import Testing

/// Drawn images with labels, and a detector for them: YOLOv3 of an eighth of the width, with seeded weights.
private struct LabelledScene {
  let folder: ScratchFolder
  let model: String
  let data: String

  /// A detector whose file states the number of images, or with 0 leaves it open.
  init(batch: Int = 1) throws {
    folder = try ScratchFolder()
    model = folder.path("detector.onnx")
    data = "voc:\(folder.path("drawn"))"
    let drawn = try BuiltProgram.espalier([
      "data", "synth", folder.path("drawn"), "--images", "20", "--seed", "2", "--size", "96x96",
    ])
    try #require(drawn.status == 0, "\(drawn.errors)")
    var graph = try Model.built(
      "yolov3_mobilenet_v1",
      classes: 4,
      form: NetworkForm(width: 0.125),
      inputSize: [1, 3, 96, 96]
    ).graph
    let first: Graphs.Dimension = batch > 0 ? .known(batch) : .symbolic("n")
    graph.inputs[0].type.shape = Shape([first, .known(3), .known(96), .known(96)])
    for index in graph.outputs.indices { graph.outputs[index].type.shape = nil }
    try ONNX.write(graph, to: model)
  }

  /// The program with the tests' Python, beside which runtimes of others may lie.
  func run(_ arguments: [String]) throws -> Subprocess {
    let python = Python.interpreter.map { ["ESPALIER_PYTHON": $0] } ?? [:]
    return try BuiltProgram.espalier(
      [arguments[0], model, "--data", data, "--json"] + arguments.dropFirst(),
      environment: python
    )
  }

  /// The boxes of a file in COCO's results format: how many an image has, and the sum of their scores.
  func boxes(_ file: String) throws -> [String: (count: Int, sum: Double)] {
    let bytes = try Data(contentsOf: URL(filePath: folder.path(file)))
    let array = try JSONSerialization.jsonObject(with: bytes) as? [[String: Any]] ?? []
    return array.reduce(into: [:]) { boxes, box in
      let image = box["image_id"].map { "\($0)" } ?? ""
      let known = boxes[image] ?? (0, 0)
      boxes[image] = (known.count + 1, known.sum + (box["score"] as? Double ?? 0))
    }
  }
}

struct EvalTests {
  /// Four images in batches of three: the last batch lacks two, whether the file states the number or leaves it open.
  @Test(arguments: ["onnxruntime", "openvino"], [1, 3, 0])
  func `a runtime of others finds the boxes that our session finds`(
    runtime: String,
    batch: Int
  ) throws {
    let scene = try LabelledScene(batch: batch)
    let ours = try scene.run([
      "eval", "--batch", "3", "--detections", scene.folder.path("ours.json"),
    ])
    #expect(ours.status == 0, "\(ours.errors)")
    #expect(try ours.object()["runtime"] is NSNull)
    let theirs = try scene.run([
      "eval", "--batch", "3", "--on", runtime, "--threads", "1", "--detections",
      scene.folder.path("theirs.json"),
    ])
    guard !theirs.errors.contains("was not found") else {
      return print("skipped: \(theirs.errors)")
    }
    #expect(theirs.status == 0, "\(theirs.errors)")
    #expect((try theirs.object()["runtime"] as? String)?.contains(" ") == true)
    let (expected, found) = (try scene.boxes("ours.json"), try scene.boxes("theirs.json"))
    // Images with sums of their own: each one's pixels must have reached the runtime.
    #expect(Set(expected.values.map(\.sum)).count == 4)
    #expect(found.keys.sorted() == expected.keys.sorted())
    for (image, boxes) in expected {
      let other = try #require(found[image])
      #expect(abs(other.sum - boxes.sum) < 1e-3 * boxes.sum, "image \(image)")
      #expect(abs(other.count - boxes.count) <= 1, "image \(image)")
    }
  }

  @Test func `runtimes of others execute files alone`() throws {
    let scene = try LabelledScene()
    let zoo = try BuiltProgram.espalier([
      "eval", "yolov3_mobilenet_v1", "--data", scene.data, "--on", "onnxruntime",
    ])
    #expect(zoo.status == 2)
    #expect(zoo.errors.contains("what is no ONNX file"), "\(zoo.errors)")
    let unknown = try scene.run(["eval", "--on", "onnx"])
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("espalier, onnxruntime or openvino"), "\(unknown.errors)")
    for (options, hint) in [
      (["--precision", "own"], "--on onnxruntime or openvino"), (["--threads", "0"], "from 1"),
      (["--on", "onnxruntime", "--device", "cpu"], "cannot stand together"),
    ] {
      let result = try scene.run(["eval"] + options)
      #expect(result.status == 2)
      #expect(result.errors.contains(hint), "\(result.errors)")
    }
    let absent = try scene.run(["eval", "--on", "openvino", "--openvino", "libnowhere.so"])
    #expect(absent.status == 5)
    #expect(absent.errors.contains("pip install openvino"), "\(absent.errors)")
    let other = try scene.run(["eval", "--on", "onnxruntime", "--sizes", "96,64"])
    guard !other.errors.contains("was not found") else { return print("skipped: \(other.errors)") }
    #expect(other.status != 0)
    #expect(other.errors.contains("at 96x96, not at 64x64"), "\(other.errors)")
  }

  @Test(arguments: [1, 3])
  func `quantizing to a metric's goal measures it on labelled images, whatever batch a file fixes`(
    batch: Int
  ) throws {
    let scene = try LabelledScene(batch: batch)
    let result = try scene.run([
      "quantize", "--images", scene.folder.path("drawn/JPEGImages"), "--limit", "4",
      "--set", "metric_drop=0.01", "--list", "val", "--metric", "11point", "--dry-run",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let search = try #require(try result.object()["mixedPrecision"] as? [String: Any])
    // With weights that nobody trained there is little to lose; what counts is that it was measured.
    #expect((search["reference"] as? Double).map { (0...0.2).contains($0) } == true)
    let trials = try #require(search["trials"] as? [[String: Any]])
    #expect(trials.allSatisfy { $0["metric"] is Double })
    #expect(trials.last?["isEnough"] as? Bool == true)
  }
}
