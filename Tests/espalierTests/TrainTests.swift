import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.serialized)
struct TrainTests {
  /// A recipe over a drawn data set; the network is as narrow as it can be.
  private func recipe(
    in folder: ScratchFolder,
    train: String = "iterations: 12, checkpoint_every: 3",
    steps: String? = nil
  ) throws -> String {
    let drawing = SyntheticDataset(
      images: 12,
      seed: 3,
      size: PixelSize(width: 64, height: 64)
    )
    try drawing.write(to: folder.path("drawn"), threads: 2) { _ in }
    let settings = "{\(train), batch: 2, threads: 1, log_every: 3, augment: light}"
    return try folder.write(
      """
      model: {name: yolov3_mobilenet_v1, width: 0.0625}
      task: {type: yolov3, classes: 4}
      data: {format: voc, root: drawn, train: train, val: val}
      device: cpu
      input_size: 64
      seed: 5
      \(steps ?? "train: \(settings)")
      export: {onnx: small.onnx}
      """.replacing("SETTINGS", with: settings),
      to: "recipe.yml"
    )
  }

  private func model(_ run: String) throws -> Data {
    try Data(contentsOf: URL(filePath: "\(run)/small.onnx"))
  }

  @Test
  func `trains, prunes, and trains what was pruned`() throws {
    let folder = try ScratchFolder()
    let steps = """
      steps:
        - train: SETTINGS
        - prune: {strategy: r578}
        - train: SETTINGS
      """
    let recipe = try recipe(in: folder, steps: steps)
    let run = folder.path("run")
    let result = try BuiltProgram.espalier(["compress", recipe, "--run", run, "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let report = try #require(try result.object()["steps"] as? [[String: Any]])
    #expect(
      report.map { $0["schema"] as? String } == [
        "espalier.train/1", "espalier.prune/1", "espalier.train/1",
      ]
    )
    #expect(result.errors.contains("step 12 of 12, loss "))
    for step in [1, 3] {
      let path = "\(run)/checkpoints/step-\(step)/step-000000012.safetensors"
      #expect(FileManager.default.fileExists(atPath: path))
    }
    // A run that is done goes on to where it is: the same bits, without a step.
    let before = try model(run)
    let again = try BuiltProgram.espalier(["compress", "--resume", run])
    #expect(again.status == 0, "\(again.errors)")
    #expect(try model(run) == before)
    #expect(!again.errors.contains("step 12 of 12, loss "))
  }

  @Test
  func `a run that is killed again and again ends with the bits of one that was not`() throws {
    let folder = try ScratchFolder()
    let recipe = try recipe(in: folder)
    let (whole, broken) = (folder.path("whole"), folder.path("broken"))
    let result = try BuiltProgram.espalier(["train", recipe, "--run", whole])
    #expect(result.status == 0, "\(result.errors)")
    let arguments = try KilledRuns.kill(
      "train",
      recipe,
      run: broken,
      after: 0.05...1.5,
      seed: 7
    )
    let last = try BuiltProgram.espalier(arguments)
    #expect(last.status == 0, "\(last.errors)")
    #expect(try model(broken) == model(whole))
    let names = try FileManager.default.contentsOfDirectory(
      atPath: "\(broken)/checkpoints/step-1"
    )
    #expect(names.allSatisfy { $0.hasSuffix(".safetensors") }, "\(names)")
  }

  @Test
  func `a run is not begun over, and not resumed by another recipe`() throws {
    let folder = try ScratchFolder()
    let recipe = try recipe(in: folder, train: "iterations: 2")
    let run = folder.path("run")
    #expect(try BuiltProgram.espalier(["train", recipe, "--run", run]).status == 0)
    let again = try BuiltProgram.espalier(["train", recipe, "--run", run])
    #expect(again.status == 3)
    #expect(again.errors.contains("go on with it by --resume \(run)"), "\(again.errors)")
    let path = "\(run)/recipe.yml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
      .replacing("batch: 2", with: "batch: 3")
    try Data(text.utf8).write(to: URL(filePath: path))
    let other = try BuiltProgram.espalier(["train", "--resume", run])
    #expect(other.status == 3)
    #expect(other.errors.contains("belongs to another recipe"), "\(other.errors)")
  }

  @Test(arguments: [
    (["train"], Int32(2), "RECIPE is missing"),
    (["train", "--resume", "nowhere"], 3, "it has no recipe.yml"),
  ])
  func `says what is missing`(arguments: [String], code: Int32, message: String) throws {
    let result = try BuiltProgram.espalier(arguments)
    #expect(result.status == code)
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
