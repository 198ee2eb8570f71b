import Foundation
import TestSupport
import Testing

/// Real files of others, whose heads are found without an option.
struct DetectorFileTests {
  private static let files = [
    ("blazeface/blazeface_back_base.onnx", "blazeface"),
    ("blazeface/blazeface_front_base.onnx", "blazeface"),
    ("blazeface/blazeface_front_e2e.onnx", "blazeface"),
    ("ultraface/version-RFB-320.onnx", "ultraface"),
    ("ultraface/version-RFB-320_simplified.onnx", "ultraface"),
    ("ultraface/version-slim-320.onnx", "ultraface"),
    ("ultraface/version-slim-320_simplified.onnx", "ultraface"),
    ("yolo11n_bccd/yolo11n_bccd.onnx", "yolov8"), ("yolov3_cards/model.onnx", "yolov3"),
    ("yolox_nano/yolox_nano.onnx", "yolox"), ("yunet/yunet_n_320_320.onnx", "yunet"),
    ("yunet/yunet_n_640_640.onnx", "yunet"), ("yunet/yunet_n_dynamic.onnx", "yunet"),
    ("yunet/yunet_s_320_320.onnx", "yunet"),
  ]
  private static let lacking = Comment(rawValue: TestData.reason)

  private static func path(_ relative: String) throws -> String {
    let path = try #require(TestData.path(relative))
    try #require(FileManager.default.fileExists(atPath: path), "\(path) is not there")
    return path
  }

  @Test(.enabled(if: TestData.isPresent, lacking), arguments: files)
  func `inspect names the head of a real file`(file: String, head: String) throws {
    let path = try Self.path("models/\(file)")
    let result = try BuiltProgram.espalier(["inspect", path, "--json"])
    let detector = try #require(try result.object()["detector"] as? [String: Any])
    #expect(detector["head"] as? String == head, "\(detector["reason"] ?? "")")
  }

  @Test func `what fits no head is told with the nearest one and what does not fit`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let detector = try #require(
      try BuiltProgram.espalier(["inspect", model, "--json"]).object()["detector"]
        as? [String: Any]
    )
    #expect(detector["head"] is NSNull)
    #expect((detector["reason"] as? String)?.isEmpty == false)
  }

  @Test(.enabled(if: TestData.isPresent, lacking))
  func `inspect says why, how images are prepared, and which classes are named`() throws {
    let path = try Self.path("models/yolo11n_bccd/yolo11n_bccd.onnx")
    let text = try BuiltProgram.espalier(["inspect", path]).text
    #expect(text.contains("detector: yolov8, since output0 is 1x7x2100"))
    #expect(text.contains("3 classes, the file names 3"))
    #expect(text.contains("images: RGB / 255, letterbox on grey 114"))
  }

  /// The best box that a network finds in a picture: left, top, width, height, score.
  private func best(_ model: String, in root: String, _ folder: ScratchFolder) throws -> [Double] {
    let file = folder.path("\(UUID().uuidString).json")
    let result = try BuiltProgram.espalier([
      "eval", try Self.path("models/\(model)"), "--data", "coco:\(root)", "--list", "val",
      "--detections", file,
    ])
    try #require(result.status == 0, "\(result.errors)")
    let bytes = try Data(contentsOf: URL(filePath: file))
    let boxes = try JSONSerialization.jsonObject(with: bytes) as? [[String: Any]] ?? []
    let best = boxes.max { $0["score"] as? Double ?? 0 < $1["score"] as? Double ?? 0 }
    return (best?["bbox"] as? [Double] ?? []) + [best?["score"] as? Double ?? 0]
  }

  @Test(.enabled(if: TestData.isPresent, lacking))
  func `three detectors find the same face in a real picture`() throws {
    let picture = try Self.path("coco_mini/val2017/000000060932.jpg")
    let folder = try ScratchFolder()
    let root = folder.path("one")
    for part in ["annotations", "val"] {
      try FileManager.default.createDirectory(
        atPath: "\(root)/\(part)",
        withIntermediateDirectories: true
      )
    }
    try FileManager.default.copyItem(atPath: picture, toPath: "\(root)/val/face.jpg")
    let size = try Python.run(
      "import sys; from PIL import Image; print(*Image.open(sys.argv[1]).size)",
      [picture]
    ).split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
    let text = """
      {"images": [{"id": 1, "file_name": "face.jpg", "width": \(size[0]), "height": \(size[1])}],
       "categories": [{"id": 1, "name": "face"}],
       "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9], "area": 81, "iscrowd": 0}]}
      """
    try text.write(
      toFile: "\(root)/annotations/instances_val.json",
      atomically: true,
      encoding: .utf8
    )
    let first = try best("yunet/yunet_n_640_640.onnx", in: root, folder)
    #expect(first[4] > 0.8)
    for other in [
      "ultraface/version-RFB-320.onnx", "ultraface/version-RFB-320_simplified.onnx",
      "blazeface/blazeface_back_base.onnx",
    ] {
      let second = try best(other, in: root, folder)
      #expect(second[4] > 0.5, "\(other)")
      let width = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
      let height = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
      let both = max(0, width) * max(0, height)
      let iou = both / (first[2] * first[3] + second[2] * second[3] - both)
      #expect(iou > 0.4, "\(other): \(first), \(second)")
    }
  }

  @Test(.enabled(if: TestData.isPresent && Python.isPresent, lacking))
  func `YOLOX's AP on images of COCO is numpy's and pycocotools'`() throws {
    let root = try Self.path("coco_mini")
    let model = try Self.path("models/yolox_nano/yolox_nano.onnx")
    let program = try String(
      contentsOf: TestData.packageRoot.appendingPathComponent(
        "Tests/espalierTests/yolox_reference.py"
      ),
      encoding: .utf8
    )
    let printed = try Python.run(
      program,
      [model, "\(root)/annotations/instances_val2017.json", "\(root)/val2017"]
    )
    let known = try JSONDecoder().decode([Double].self, from: Data(printed.utf8))
    let result = try BuiltProgram.espalier([
      "eval", model, "--data", "coco:\(root)", "--list", "val2017", "--metric", "coco", "--json",
    ])
    try #require(result.status == 0, "\(result.errors)")
    let object = try result.object()
    let sizes = try #require(object["sizes"] as? [[String: Any]], "\(object)")
    let found = try #require(sizes.first?["value"] as? Double, "\(object)")
    #expect(abs(found - known[0]) < 0.001, "\(found) and \(known)")
  }
}
