import Detection
import Evaluation
import Models
import Operators
import PluginKit
import Recipes
import Testing
import Training

struct TrainRecipeTests {
  private static let head = """
    model: {name: yolov3_mobilenet_v1, width: 0.25}
    task: {type: yolov3, classes: 3, ignore_threshold: 0.6}
    data: {format: voc, root: d, train: train, evaluate: {list: val, images: there}}
    pretrained: start.onnx

    """

  @Test
  func `reads what to train on, for what and how`() throws {
    let recipe = try Recipe.read(
      Self.head + """
        steps:
          - train: {epochs: 80, batch: 4, optimizer: rmsprop, learning_rate: 2e-3, milestones: [5, 9],
                    rates: {conv1*: 0.1}, autocast: bfloat16, sizes: 320, evaluate_every: 10, take: best}
        """,
      file: "r.yml"
    )
    #expect(
      recipe.model
        == .architecture("yolov3_mobilenet_v1", classes: 3, form: NetworkForm(width: 0.25))
    )
    #expect(recipe.pretrained == "start.onnx")
    #expect(recipe.task?.kind == .yolov3)
    let settings = try #require(recipe.task)
    let made = try settings.kind.task(settings.options, TaskSubject(classNames: ["a", "b", "c"]))
    let task = try #require(made as? YOLOv3Task)
    #expect(task.options.ignoreThreshold == 0.6)
    #expect(task.options.suppression.overlap == 0.45)
    #expect(recipe.data?.val?.list == "val")
    #expect(recipe.data?.val?.images == "there")
    let train = try #require(recipe.steps.first as? TrainSettings)
    #expect(train.length == .epochs(80))
    #expect(train.optimiser == .rmsprop)
    // RMSProp has no momentum by itself.
    #expect(train.momentum == 0)
    #expect(train.learningRate == 0.002)
    #expect(train.milestones == [5, 9])
    #expect(train.rates == [TrainSettings.Rate(pattern: "conv1*", factor: 0.1)])
    #expect(train.autocast == .bfloat16)
    #expect(train.sizes == [320])
    #expect(train.take == .best)
  }

  @Test(arguments: ["blazeface", "blazeface_nas", "blazeface_nas_v2"])
  func `a grouped BlazeFace is built of a recipe's words`(name: String) throws {
    let recipe = try Recipe.read(
      """
      model: {name: \(name), grouped: true}
      task: {type: ssd_face}
      data: {format: wider, root: d, train: train}
      train: {iterations: 1}
      """,
      file: "r.yml"
    )
    let grouped = try recipe.model.model(from: ".")
    let published = try Model.built(name, classes: 1)
    #expect(grouped.cost.multiplyAdds < published.cost.multiplyAdds)
    #expect(grouped.cost.parameters < published.cost.parameters)
  }

  @Test(arguments: ["blazeface_lite", "yolov3_resnet34"])
  func `what has no groups to repair says so`(name: String) {
    #expect {
      try Model.built(name, classes: 1, form: NetworkForm(isGrouped: true))
    } throws: {
      "\($0)".contains("which '\(name)' does not have; leave it out")
    }
  }

  @Test
  func `'train' may stand without 'steps'`() throws {
    let recipe = try Recipe.read(Self.head + "train: {iterations: 3}", file: "r.yml")
    #expect(recipe.steps.map { type(of: $0).name } == ["train"])
  }

  @Test(arguments: [
    (
      "train: {iteratons: 3}",
      "5:9: the step 'train' has no key 'iteratons'; did you mean 'iterations'?"
    ),
    (
      "train: {batch: 3}",
      "5:8: the step 'train' needs the key 'iterations': it or 'epochs' says how long to train"
    ),
    ("train: {iterations: 1, epochs: 1}", "5:8: 'iterations' cannot stand beside 'epochs'"),
    (
      "train: {iterations: 1, optimiser: sgdd}",
      "5:35: 'optimiser' is 'sgdd', but must be one of sgd, rmsprop, adam, adamw; did you mean 'sgd'?"
    ),
    (
      "train: {iterations: 1, batch: 0}",
      "5:31: 'batch' is 0, but must be a whole number from 1 to 65536"
    ),
    (
      "train: {iterations: 1, batch: many}",
      "5:31: 'batch' must be a whole number from 1 to 65536, not the text 'many'"
    ),
    (
      "train: {iterations: 1, milestones: [5, 5]}",
      "5:8: 'milestones' is [5, 5], but must be steps that rise"
    ),
    (
      "train: {iterations: 1, take: best}",
      "5:8: the step 'train' needs the key 'evaluate_every': 'take: best' compares evaluations"
    ),
    (
      "train: {iterations: 1}\nsteps: [{train: {iterations: 1}}]",
      "5:8: 'train' cannot stand beside 'steps'"
    ),
  ])
  func `says what is wrong, where, and what is meant`(text: String, message: String) {
    let error = #expect(throws: RecipeError.self) {
      try Recipe.read(Self.head + text, file: "r.yml")
    }
    #expect(error.map { "\($0)" } == "r.yml:\(message)")
  }

  @Test(arguments: [
    ("", "2:9: a recipe needs the key 'task': the step 'train' takes its loss from it"),
    (
      "task: {type: yolo}",
      "3:14: 'type' must be one of 'yolov3', 'ssd_face', 'detector', 'yolov8', 'detr', 'match_teacher', not the text 'yolo'"
    ),
    (
      "task: {type: yolov3, clases: 3}", "3:22: 'task' has no key 'clases'; did you mean 'classes'?"
    ),
    (
      "task: {type: yolov3}",
      "2:9: a recipe needs the key 'data': the step 'train' reads its images there"
    ),
    (
      "task: {type: yolov3}\ndata: {format: voc, root: d}",
      "4:7: 'data' needs the key 'train': it lists the images of the step 'train'"
    ),
    (
      "task: {type: yolov3}\ndata: {format: vox, root: d}",
      "4:16: 'format' is 'vox', but must be one of voc, wider, coco, yolo, images; did you mean 'voc'?"
    ),
  ])
  func `a recipe that trains says on what, and for what`(text: String, message: String) {
    let error = #expect(throws: RecipeError.self) {
      try Recipe.read("model: m.onnx\n" + "train: {iterations: 1}\n" + text, file: "r.yml")
    }
    // The mapping starts behind its key.
    #expect(
      error.map { "\($0)".replacing("2:9:", with: "2:8:") }
        == "r.yml:\(message.replacing("2:9:", with: "2:8:"))"
    )
  }
}
