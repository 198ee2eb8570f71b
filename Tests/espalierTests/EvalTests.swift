import Compression
import Foundation
import ModelFormats
import TestSupport
import Testing

/// Drawn images with labels, and a detector for them: YOLOv3 of an eighth of the width, with seeded weights.
private struct LabelledScene {
  let folder: ScratchFolder
  let model: String
  let data: String

  init() throws {
    folder = try ScratchFolder()
    model = folder.path("detector.onnx")
    data = "voc:\(folder.path("drawn"))"
    let drawn = try BuiltProgram.espalier([
      "data", "synth", folder.path("drawn"), "--images", "20", "--seed", "2", "--size", "96x96",
    ])
    try #require(drawn.status == 0, "\(drawn.errors)")
    let detector = try Model.built(
      "yolov3_mobilenet_v1",
      classes: 4,
      width: 0.125,
      inputSize: [1, 3, 96, 96]
    )
    try ONNX.write(detector.graph, to: model)
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
  @Test(arguments: ["onnxruntime", "openvino"])
  func `a runtime of others finds the boxes that our session finds`(runtime: String) throws {
    let scene = try LabelledScene()
    let ours = try scene.run(["eval", "--detections", scene.folder.path("ours.json")])
    #expect(ours.status == 0, "\(ours.errors)")
    #expect(try ours.object()["runtime"] is NSNull)
    let theirs = try scene.run([
      "eval", "--on", runtime, "--threads", "1", "--detections", scene.folder.path("theirs.json"),
    ])
    guard theirs.status != 5 else { return print("skipped: \(theirs.errors)") }
    #expect(theirs.status == 0, "\(theirs.errors)")
    #expect((try theirs.object()["runtime"] as? String)?.contains(" ") == true)
    let (expected, found) = (try scene.boxes("ours.json"), try scene.boxes("theirs.json"))
    // Several images with sums of their own: each one's pixels reached the runtime.
    #expect(Set(expected.values.map(\.sum)).count > 1)
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
    let absent = try scene.run(["eval", "--on", "openvino", "--openvino", "libnowhere.so"])
    #expect(absent.status == 5)
    #expect(absent.errors.contains("pip install openvino"), "\(absent.errors)")
  }

  @Test func `quantizing to a metric's goal measures it on labelled images`() throws {
    let scene = try LabelledScene()
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
