import Datasets
import Foundation
import TestSupport
import Testing

/// Images as other programs leave them, from the recipe to a quantized file, without anything converted by hand.
@Suite(.serialized)
struct DataLayoutTests {
  enum Layout: String, CaseIterable {
    case yolo, labelImg, cocoInFolders
  }

  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    let size = PixelSize(width: 64, height: 64)
    try SyntheticDataset(images: 20, seed: 3, size: size).write(to: folder.path("drawn"))
  }

  /// Makes the layout, and says how a recipe and `--data` name it.
  private func make(_ layout: Layout) throws -> (recipe: String, option: String) {
    let manager = FileManager.default
    switch layout {
    case .yolo:
      try convert("yolo:\(folder.path("y"))")
      return ("format: yolo, root: y", "yolo:\(folder.path("y"))")
    case .labelImg:
      try manager.createDirectory(atPath: folder.path("flat"), withIntermediateDirectories: true)
      for name in try manager.contentsOfDirectory(atPath: folder.path("drawn/JPEGImages")) {
        let upper = name.replacing(".jpg", with: ".JPG")
        try manager.copyItem(
          atPath: folder.path("drawn/JPEGImages/\(name)"),
          toPath: folder.path("flat/\(upper)")
        )
      }
      for name in try manager.contentsOfDirectory(atPath: folder.path("drawn/Annotations")) {
        try manager.copyItem(
          atPath: folder.path("drawn/Annotations/\(name)"),
          toPath: folder.path("flat/\(name)")
        )
      }
      return (
        "format: voc, root: flat, split: {ratios: [0.6, 0.4], seed: 1}",
        "voc:\(folder.path("flat"))"
      )
    case .cocoInFolders:
      try convert("coco:\(folder.path("c"))")
      // Images move into folders that their names do not say.
      for part in ["train", "val", "test"] {
        let images = folder.path("c/\(part)")
        for name in try manager.contentsOfDirectory(atPath: images) {
          let sub = "\(images)/\(name.hasSuffix("2.jpg") ? "a" : "b/c")"
          try manager.createDirectory(atPath: sub, withIntermediateDirectories: true)
          try manager.moveItem(atPath: "\(images)/\(name)", toPath: "\(sub)/\(name)")
        }
      }
      return ("format: coco, root: c", "coco:\(folder.path("c"))")
    }
  }

  private func convert(_ target: String) throws {
    let result = try BuiltProgram.espalier(["data", "convert", folder.path("drawn"), target])
    try #require(result.status == 0, "\(result.errors)")
  }

  @Test(arguments: Layout.allCases)
  func `is trained on, judged by, pruned and quantized with as it is`(layout: Layout) throws {
    let (data, option) = try make(layout)
    let recipe = try folder.write(
      """
      model: {name: yolov3_mobilenet_v1, width: 0.0625}
      task: {type: yolov3, classes: 4}
      data: {\(data), train: train, val: val, \(layout == .labelImg ? "classes: [bar, blob, disc, ring], " : "")faults: refuse}
      device: cpu
      input_size: 64
      seed: 5
      steps:
        - train: {iterations: 4, batch: 2, threads: 1, evaluate_every: 2, augment: light}
        - prune: {strategy: uniform, ratio: 0.3, score: taylor}
        - quantize: {strategy: post, images: 4}
      export: {onnx: small.onnx}
      """,
      to: "recipe.yml"
    )
    let run = folder.path("run")
    let result = try BuiltProgram.espalier(["compress", recipe, "--run", run])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.contains("there are no lists") == (layout == .labelImg),
      "\(result.errors)"
    )
    let judged = try BuiltProgram.espalier([
      "eval", recipe, "--run", run, "--list", "val", "--json",
    ])
    #expect(judged.status == 0, "\(judged.errors)")
    #expect(judged.errors.contains("there are no lists") == (layout == .labelImg))
    let sizes = try #require(try judged.object()["sizes"] as? [[String: Any]])
    for name in ["mAP50", "mAP50-95"] {
      #expect((sizes.first?[name] as? Double).map { (0...1).contains($0) } == true)
    }
    let checked = try BuiltProgram.espalier(["data", "check", option])
    #expect(checked.status == 0, "\(checked.text)")
  }

  @Test func `commands say what they wrote, as tables and as JSON`() throws {
    let target = "yolo:\(folder.path("y"))"
    let made = try BuiltProgram.espalier([
      "data", "convert", "voc:\(folder.path("drawn"))", "--to", target, "--json",
    ])
    let report = try made.object()
    #expect(report["schema"] as? String == "espalier.data-convert/1")
    #expect(report["result"] as? String == target)
    let parts = try #require(report["parts"] as? [[String: Any]])
    #expect(parts.map { $0["images"] as? Int } == [12, 4, 4])
    let again = try BuiltProgram.espalier(["data", "convert", folder.path("drawn"), target])
    #expect(again.status == 3 && again.errors.contains("--force"), "\(again.errors)")
    let dry = try BuiltProgram.espalier(["data", "split", folder.path("y"), "--dry-run", "--json"])
    let split = try dry.object()
    #expect(split["schema"] as? String == "espalier.data-split/1")
    let files = try #require(split["files"] as? [String])
    #expect(files.count == 4 && !files.contains(where: FileManager.default.fileExists))
  }

  @Test(arguments: [
    (["data", "convert", "DIR"], "FORMAT and the folder"),
    (["data", "convert", "DIR", "wider:x"], "voc, coco or yolo"),
    (["data", "split", "DIR", "--ratios", "1"], "two or three numbers"),
    (["data", "convert", "DIR", "voc:a", "--to", "voc:b"], "cannot stand together"),
  ])
  func `what is asked for wrongly is an error of usage`(arguments: [String], message: String) throws
  {
    let result = try BuiltProgram.espalier(
      arguments.map { $0 == "DIR" ? folder.path("drawn") : $0 }
    )
    #expect(result.status == 2)
    #expect(
      result.errors.contains(message.replacing("FORMAT", with: "the format")),
      "\(result.errors)"
    )
  }

  @Test func `a recipe's split has two or three ratios`() throws {
    let recipe = try folder.write(
      "model: {name: yolov3_mobilenet_v1}\ntask: {type: yolov3, classes: 4}\n"
        + "data: {format: voc, root: drawn, train: train, split: {ratios: [1]}}\ntrain: {iterations: 1}\n",
      to: "wrong.yml"
    )
    let result = try BuiltProgram.espalier(["train", recipe, "--run", folder.path("run")])
    #expect(result.status == 3 && result.errors.contains("wrong.yml:3"), "\(result.errors)")
    #expect(result.errors.contains("two or three ratios"), "\(result.errors)")
  }
}
