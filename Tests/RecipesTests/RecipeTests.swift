import Models
import PluginHost
import PluginKit
import Pruning
import Recipes
import Testing

struct RecipeTests {
  @Test
  func `reads a whole recipe`() throws {
    let recipe = try Recipe.read(
      """
      model: yolov3_mobilenet_v1
      task: {type: yolov3, classes: 20}
      device: cpu
      input_size: 416
      seed: 7
      steps:
        - prune: {strategy: uniform, ratio: 0.3, align: 8, score: org.example.l2}
      export: {onnx: small.onnx, opset: 17}
      """,
      file: "r.yml"
    )
    #expect(recipe.model == .architecture("yolov3_mobilenet_v1", classes: 20))
    #expect(recipe.device == "cpu")
    #expect(recipe.inputSize == [1, 3, 416, 416])
    #expect(recipe.seed == 7)
    #expect(recipe.export.onnx == "small.onnx")
    #expect(recipe.export.opset == 17)
    let prune = try #require(recipe.steps.first as? PruneSettings)
    #expect(prune.strategy == "uniform")
    #expect(prune.align == 8)
    #expect(prune.parameters.map(\.name) == ["ratio", "score"])
    #expect(prune.parameters.first?.value == .string("0.3"))
  }

  @Test(arguments: [
    "pruned_params: \"yolo_block.0.0.0.conv.weights,yolo_block.0.0.1.conv.weights\"\n"
      + "    pruned_ratios: \"0.5,0.7\"",
    "pruned_params: [yolo_block.0.0.0.conv.weights, yolo_block.0.0.1.conv.weights]\n"
      + "    pruned_ratios: [0.5, 0.7]",
    "strategy: list\n    pruned_params: 'yolo_block.0.0.0.conv.weights, yolo_block.0.0.1.conv.weights '"
      + "\n    pruned_ratios: 0.5,0.7",
  ])
  func `takes the benchmark's lists in each spelling`(lists: String) throws {
    let recipe = try Recipe.read("model: m.onnx\nsteps:\n- prune:\n    \(lists)\n", file: "r.yml")
    let prune = try #require(recipe.steps.first as? PruneSettings)
    #expect(prune.strategy == "list")
    #expect(prune.parameters.map(\.name) == ["pruned_params", "pruned_ratios"])
    #expect(
      prune.parameters[0].value
        == .strings(["yolo_block.0.0.0.conv.weights", "yolo_block.0.0.1.conv.weights"])
    )
    #expect(prune.parameters[1].value == .strings(["0.5", "0.7"]))
  }

  @Test(arguments: [
    (
      "modle: m.onnx\nsteps: [{prune: {strategy: r578}}]",
      "1:1: a recipe has no key 'modle'; did you mean 'model'?"
    ),
    ("steps: [{prune: {strategy: r578}}]", "1:1: a recipe needs the key 'model'"),
    (
      "model: m.onnx\nsteps:\n  - prune: {stratgy: r578}",
      "3:13: the step 'prune' has no key 'stratgy'; did you mean 'strategy'?"
    ),
    (
      "model: m.onnx\ndata: {formt: voc, root: .}\nsteps: [{prune: {strategy: r578}}]",
      "2:8: 'data' has no key 'formt'; did you mean 'format'?"
    ),
    (
      "model: m.onnx\nstep: [{prune: {strategy: r578}}]",
      "2:1: a recipe has no key 'step'; did you mean 'steps'?"
    ),
    (
      "model: m.onnx\nsteps:\n  - prnue: {strategy: r578}",
      "3:5: a step has no key 'prnue'; did you mean 'prune'?"
    ),
    (
      "model: m.onnx\nsteps:\n  - eval: {on: test}",
      "3:5: the step 'eval' is not in this version; this version has 'prune', 'train', 'distill', 'quantize' and 'search'; take the step out"
    ),
    (
      "model: m.onnx\nsteps: []",
      "2:8: 'steps' is empty: name at least one, such as '- prune: {strategy: r578}'"
    ),
    (
      "model: m.onnx\ndata: {format: voc}\nsteps: [{prune: {strategy: r578}}]",
      "2:7: 'data' needs the key 'root'"
    ),
    (
      "model: m.onnx\nsteps: [{prune: {pruned_params: 'a,b', pruned_ratios: '0.5'}}]",
      "2:55: 'pruned_params' names 2 weights and 'pruned_ratios' gives 1 ratios; each weight needs one"
    ),
    (
      "model: m.onnx\nsteps: [{prune: {pruned_params: 'a,a', pruned_ratios: '0.5,0.5'}}]",
      "2:33: 'pruned_params' names 'a' twice"
    ),
    (
      "model: m.onnx\nsteps: [{prune: {pruned_params: a, pruned_ratios: 1.0}}]",
      "2:51: 'pruned_ratios' must be numbers from 0 to below 1, as a list or joined by commas, not '1.0'"
    ),
    (
      "model: m.onnx\nexport: {opset: 99}\nsteps: [{prune: {strategy: r578}}]",
      "2:17: 'opset' is 99, but must be a whole number from 7 to 22"
    ),
    (
      "model: m.onnx\ndevice: gpu\nsteps: [{prune: {strategy: r578}}]",
      "2:9: 'device' must be auto, cpu, cuda or cuda:N, not the text 'gpu'"
    ),
    (
      "model: m.onnx\nsteps: [{prune: {ratio: 0.3}}]",
      "2:17: the step 'prune' needs the key 'strategy'"
    ),
  ])
  func `says what is wrong, where, and what is meant`(text: String, message: String) {
    let error = #expect(throws: RecipeError.self) { try Recipe.read(text, file: "r.yml") }
    #expect(error.map { "\($0)" } == "r.yml:\(message)")
  }

  @Test(arguments: [
    ("416", [1, 3, 416, 416]), ("320x416", [1, 3, 320, 416]), ("1x320x416", [1, 1, 320, 416]),
    ("2x3x64x64", [2, 3, 64, 64]),
  ])
  func `completes input sizes`(text: String, sizes: [Int]) {
    #expect(InputSizeText.parse(text) == sizes)
  }

  @Test(arguments: ["", "0", "-1x3", "3x", "axb", "1x2x3x4x5x6x7", "99999999999999999999"])
  func `refuses what is no size`(text: String) {
    #expect(InputSizeText.parse(text) == nil)
  }
}
