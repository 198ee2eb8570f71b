import Evaluation
import Foundation
import Graphs
import Models
import Quantization
import Recipes
import Tensors
import Testing
import TestNetworks
import TestSupport

struct CalibrationSourceTests {
  @Test(
    .enabled(if: Python.isPresent, Comment(rawValue: Python.reason)),
    arguments: [
      // 51 of 255 is a fifth.
      ("task: {type: yolov3}\n", "", "", (0.2 - 0.485) / 0.229),
      ("task: {type: yolov3}\n", ", normalize: unit", "", 0.2),
      ("", ", normalize: unit", "", 0.2), ("", ", normalize: unit", ", normalization: bytes", 51),
    ]
  )
  func `bytes become numbers as the step says, else the data, else the task`(
    task: String,
    data: String,
    step: String,
    red: Double
  ) throws {
    let folder = try ScratchFolder()
    _ = try Python.run(
      "import sys; from PIL import Image; Image.new('RGB', (64, 48), (51,) * 3).save(sys.argv[1])",
      [folder.path("grey.png")]
    )
    let text = """
      \(task)model: detector.onnx
      data: {format: images, root: \(folder.url.path)\(data)}
      steps:
        - quantize: {strategy: post\(step)}
      """
    let recipe = try Recipe.read(text, file: "recipe.yml")
    let settings = try #require(recipe.steps[0] as? QuantizeSettings)
    let model = try Model("detector", SmallNetwork.detector)
    let images = try CalibrationSource(
      settings.calibrationSettings,
      data: recipe.data,
      task: recipe.task
    )
    .images(for: model)
    #expect(images.count == 1)
    let values = try #require(try images.inputs(0).values.first).floats()
    let plane = values.prefix(values.count / 3)
    #expect(plane.allSatisfy { abs(Double($0) - red) < 1e-5 * max(1, abs(red)) })
  }

  @Test func `where nothing says how bytes become numbers, nothing is guessed`() throws {
    let folder = try ScratchFolder()
    try Data([1]).write(to: URL(filePath: folder.path("grey.png")))
    let source = CalibrationSource(CalibrationSettings(path: folder.url.path, images: 1))
    let model = try Model("detector", SmallNetwork.detector)
    let error = #expect(throws: CalibrationError.self) { try source.images(for: model) }
    #expect("\(try #require(error))".contains("--normalization"))
  }
}
