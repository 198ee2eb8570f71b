import Datasets
import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

/// Criteria that need gradients, from recipe and command line, on drawn images.
@Suite(.serialized)
struct CriteriaCommandTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try SyntheticDataset(images: 10, seed: 3, size: PixelSize(width: 64, height: 64))
      .write(to: folder.path("drawn"), threads: 2) { _ in }
  }

  /// The detector cut by a recipe.
  private func cut(_ step: String, _ run: String, seed: Int = 5) throws -> Graph {
    let recipe = try folder.write(
      """
      model: {name: yolov3_mobilenet_v1, width: 0.0625}
      task: {type: yolov3, classes: 4}
      data: {format: voc, root: drawn, train: train, val: val}
      device: cpu
      input_size: 64
      seed: \(seed)
      steps:
        - prune: {\(step)}
      """,
      to: "\(run).yml"
    )
    let result = try BuiltProgram.espalier(["compress", recipe, "--run", folder.path(run)])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("3 of 3 images passed back for gradients"))
    return try ONNX.read(folder.path("\(run)/model.onnx"))
  }

  private func note(_ graph: Graph) throws -> [String: Any] {
    let text = try #require(graph.model.metadata["espalier.step.0"])
    return try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    )
  }

  @Test(arguments: [
    "strategy: taylor, target_macs: 0.7", "strategy: group_fisher, ratio: 0.25",
    "strategy: uniform, ratio: 0.25, score: {strategy: group_fisher, per: none}",
  ])
  func `24: a recipe's gradients give the same bits again, and the model says of which images`(
    step: String
  ) throws {
    let first = try cut("\(step), gradient_images: 3", "first")
    let second = try cut("\(step), gradient_images: 3", "second")
    #expect(first.constants == second.constants)
    let gradients = try #require(try note(first)["gradients"] as? [String: Any])
    #expect(gradients["list"] as? String == "train")
    #expect(gradients["images"] as? Int == 3 && gradients["seed"] as? Int == 5)
  }

  @Test func `the command line takes gradients over the list that it names`() throws {
    _ = try cut("strategy: taylor, ratio: 0.1, gradient_images: 3", "whole")
    let arguments = [
      "prune", folder.path("whole/model.onnx"), "-s", "taylor", "--set", "ratio=0.25", "--dry-run",
      "--json",
    ]
    let without = try BuiltProgram.espalier(arguments)
    #expect(without.status == 4)
    #expect(without.errors.contains("give a task and labelled images"), "\(without.errors)")
    let data = ["--data", "voc:\(folder.path("drawn"))"]
    let given = try BuiltProgram.espalier(arguments + data + ["--gradient-images", "2"])
    #expect(given.status == 0, "\(given.errors)")
    #expect(given.errors.contains("2 of 2 images passed back for gradients"))
    let missing = try BuiltProgram.espalier(arguments + data + ["--list", "nowhere"])
    #expect(missing.status != 0 && missing.errors.contains("nowhere"), "\(missing.errors)")
    let level = try BuiltProgram.espalier(arguments + data + ["--task", "match_teacher"])
    #expect(level.status == 4)
    #expect(level.errors.contains("name a task with labels"), "\(level.errors)")
    let alone = try BuiltProgram.espalier(arguments + ["--gradient-images", "2"])
    #expect(alone.status == 2 && alone.errors.contains("--data"))
  }
}
