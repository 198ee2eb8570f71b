import Datasets
import Evaluation
import Models
import PluginHost
import Recipes
import Testing
import Training

struct DistillRecipeTests {
  private func recipe(
    _ step: String,
    task: String = "{type: yolov3, classes: 4}",
    data: String = "{format: voc, root: d, train: train}"
  ) throws -> Recipe {
    try Recipe.read(
      "model: yolov3_mobilenet_v1\ntask: \(task)\ndata: \(data)\nsteps:\n  - distill: \(step)\n",
      file: "r.yml"
    )
  }

  private func settings(_ recipe: Recipe) throws -> DistillSettings {
    try #require(recipe.steps.first as? DistillSettings)
  }

  @Test
  func `reads one loss beside the keys of training`() throws {
    let found = try settings(
      recipe("{strategy: split, weight: 500, anchors: 3, teacher: t.onnx, iterations: 9, batch: 2}")
    )
    #expect(found.teacher == .model(.file("t.onnx"), weights: nil))
    #expect(found.losses.map(\.strategy) == ["split"])
    #expect(found.losses[0].weight == 500)
    #expect(found.losses[0].parameters.map(\.name) == ["anchors"])
    #expect(found.train.length == .iterations(9))
    #expect(found.train.batch == 2)
    #expect(found.taskWeight == 1)
  }

  @Test
  func `reads several losses, each with its weight, schedule and taps`() throws {
    let found = try settings(
      recipe(
        """
        {teacher: {model: yolov3_resnet34, weights: t.safetensors}, teacher_precision: bfloat16, iterations: 9,
         losses: [{strategy: l2}, {strategy: cwd, temperature: 4, taps: features, schedule: {0: 0, 50: 1}},
                  {strategy: mimic, taps: [{student: a, teacher: b}, c]}]}
        """
      )
    )
    #expect(
      found.teacher
        == .model(.architecture("yolov3_resnet34", classes: 4), weights: "t.safetensors")
    )
    #expect(found.precision == .bfloat16)
    #expect(found.losses.map(\.strategy) == ["l2", "cwd", "mimic"])
    #expect(found.losses[1].schedule.map(\.step) == [0, 50])
    #expect(found.losses[1].taps == .features)
    #expect(
      found.losses[2].taps
        == .named([.init(student: "a", teacher: "b"), .init(student: "c", teacher: "c")])
    )
  }

  @Test(arguments: [
    ("{teacher: t.onnx, iterations: 9}", "strategy"),
    ("{strategy: l2, teacher: t.onnx}", "iterations"),
    ("{strategy: l2, teacher: t.onnx, iterations: 9, schedule: {9: 1, 3: 0}}", "schedule"),
    ("{strategy: l2, teacher: t.onnx, iterations: 9, taps: middle}", "taps"),
    ("{strategy: l2, iterations: 9, teacher_cache: c, augment: light}", "teacher_cache"),
    ("{losses: [{strategy: l2}], iterations: 9, learning_rat: 1}", "learning_rate"),
    ("{losses: [], iterations: 9}", "losses"),
    ("{strategy: l2, teacher: {weights: x}, iterations: 9}", "model"),
  ])
  func `names the key that is wrong or missing`(step: String, key: String) throws {
    let error = #expect(throws: RecipeError.self) { try recipe(step) }
    #expect("\(String(describing: error))".contains("'\(key)"))
  }

  @Test
  func `match_teacher needs no loss, no labels and no list`() throws {
    let found = try recipe(
      "{iterations: 9}",
      task: "{type: match_teacher}",
      data:
        "{format: images, root: photographs, normalize: {divisor: 128, mean: [0.9921875, 0.9921875, 0.9921875]}}"
    )
    #expect(try settings(found).losses.isEmpty)
    #expect(found.data?.train?.list == ".")
    #expect(found.data?.normalization?.divisor == 128)
    #expect(found.data?.normalization?.mean == [0.9921875, 0.9921875, 0.9921875])
    #expect(throws: RecipeError.self) {
      try recipe("{strategy: l2, iterations: 9}", data: "{format: images, root: photographs}")
    }
    #expect(throws: RecipeError.self) {
      try recipe(
        "{iterations: 9}",
        task: "{type: match_teacher}",
        data: "{format: images, root: p, normalize: {mean: [1, 2]}}"
      )
    }
  }
}
