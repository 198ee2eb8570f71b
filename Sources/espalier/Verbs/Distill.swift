import Datasets
import Detection
import Evaluation
import Files
import Graphs
import Models
import Quantization
import Recipes
import Training

/// `espalier distill`: one distillation without a recipe, which the run folder then holds.
enum Distill {
  private static let teacher = Option.value(
    "teacher",
    "FILE",
    "The ONNX file of the network that the model is to come near."
  )
  private static let images = Option.value(
    "images",
    "DIR",
    "Pictures without labels, in the folder and those below it."
  )
  private static let task = Option.value(
    "task",
    "NAME",
    "\(alternatives(TaskKind.all.map(\.name))) (default \(TaskKind.matchTeacher), which needs no labels)."
  )
  private static let list = Option.value(
    "list",
    "NAME",
    "Of --data, the list of images to train on (default train)."
  )
  private static let strategy = Option.value(
    "strategy",
    short: "-s",
    "NAME",
    repeats: true,
    "A loss to add; `espalier plugin list` names the strategies that distill."
  )
  private static let iterations = Option.value("iterations", "N", "Steps (default 500).")
  private static let set = Option.value(
    "set",
    "KEY=VALUE",
    repeats: true,
    "A key of the recipe's step, such as learning_rate=0.001, weight=100 or taps=features."
  )
  private static let normalize = Option.value(
    "normalize",
    "HOW",
    "How pixels become numbers: \(CalibrationNormalization.names.joined(separator: ", ")), or '{divisor: …, mean: […], …}'."
  )
  private static let seed = Option.value("seed", "N", "Seed of the run (default 0).")

  static let verb = Verb(
    name: "distill",
    summary: "Bring a model near its teacher; by default on pictures without labels.",
    operands: [
      .init(name: "MODEL", isOptional: true, help: "An ONNX file; not needed with --resume.")
    ],
    options: [
      teacher, images, Eval.data, list, task, Eval.classes, strategy, iterations, set, normalize,
      .output, seed, RecipeCommand.run, RecipeCommand.resume, RecipeCommand.dryRun, .inputSize,
      .device, .plugin, .allowUnvalidated, .allowUnpinned, .isolate, .safeMode, .strict,
    ],
    notes: """
      espalier distill small.onnx --teacher original.onnx --images photographs -o recovered.onnx
      espalier distill small.onnx --teacher large.onnx --task yolov3 --data voc:VOC2007 -s split -o better.onnx

      The run folder holds the recipe that this stands for; docs/distillation.md describes its keys.
      """
  ) { invocation, console in
    let target = try invocation.output(
      besides: invocation.operands.first,
      invocation.value(teacher)
    )
    let command: RecipeCommand
    if invocation.value(RecipeCommand.resume) != nil {
      command = try RecipeCommand(invocation)
    } else {
      let stem = FilePath.stem(of: invocation.operands[0])
      let folder = invocation.value(RecipeCommand.run) ?? "runs/distill-\(stem)"
      command = RecipeCommand(
        try recipe(of: invocation, file: "\(folder)/recipe.yml"),
        by: "espalier distill",
        folder: folder
      )
    }
    let code = try command.carryOut(invocation, console)
    if let target, !invocation.has(RecipeCommand.dryRun) {
      let made = try File.bytes(of: "\(command.folder)/\(command.recipe.export.onnx)")
      try File.write(made.elements(as: UInt8.self), to: target)
    }
    return code
  }

  /// The recipe that the options stand for.
  private static func recipe(of invocation: Invocation, file: String) throws -> Recipe {
    guard let model = invocation.operands.first else {
      throw UsageError.missingOperand(invocation.verb.operands[0])
    }
    guard let teacher = invocation.value(teacher) else {
      throw UsageError.needs("--teacher", because: "it is what the model is to come near")
    }
    var task: [JSONValue.Member] = [
      .init("type", .string(invocation.value(Self.task) ?? TaskKind.matchTeacher.name))
    ]
    if let classes = try invocation.int(Eval.classes, in: 1...100_000) {
      task.append(.init("classes", .int(classes)))
    }
    let keys = try keys(of: invocation)
    var values: [JSONValue.Member] = [
      .init("model", path(model)), .init("task", .object(task)),
      .init("data", .object(try data(of: invocation))),
      .init("device", .string(invocation.value(.device) ?? "auto")),
      .init("seed", .int(try invocation.int(seed, in: 0...Int.max) ?? 0)),
    ]
    if let sizes = try invocation.inputSize() {
      values.append(.init("input_size", JSONValue(sizes)))
    }
    let step = JSONValue.object([.init("teacher", path(teacher))] + keys)
    values.append(.init("steps", [["distill": step]]))
    var overrides = RecipeOverrides()
    for (key, value) in try Assignments.pairs(invocation.values(set)) {
      overrides.add("steps.0.distill.\(key)", value, option: "--set \(key)")
    }
    if let how = invocation.value(normalize) {
      overrides.add("data.normalize", how, option: "--normalize")
    }
    return try Recipe.made(
      of: .object(values),
      overrides: overrides,
      by: "espalier distill",
      file: file
    )
  }

  /// The step's keys, the defaults of a short recovery among them.
  private static func keys(of invocation: Invocation) throws -> [JSONValue.Member] {
    let own = Set(try Assignments.pairs(invocation.values(set)).map(\.key))
    var keys: [JSONValue.Member] = []
    let count = try invocation.int(iterations, in: 1...1_000_000_000)
    if count != nil || !own.contains("epochs") {
      keys.append(.init("iterations", .int(count ?? 500)))
    }
    let names = invocation.values(strategy)
    if names.count == 1 {
      keys.append(.init("strategy", .string(names[0])))
    } else if !names.isEmpty {
      keys.append(.init("losses", .array(names.map { ["strategy": .string($0)] })))
    }
    if let batch = try batch(of: invocation) { keys.append(.init("batch", .int(batch))) }
    if !own.contains("optimizer") { keys.append(.init("optimiser", "adam")) }
    return keys + [
      .init("learning_rate", .double(0.0005)), .init("schedule", "cosine"),
      .init("weight_decay", .int(0)),
    ]
  }

  /// Where the usual batch is no multiple of the number of images that the model takes at once, the next one; else nil.
  private static func batch(of invocation: Invocation) throws -> Int? {
    let usual = TrainSettings().batch
    let model = try Model.read(invocation.operands[0], inputSize: invocation.inputSize())
    guard let fixed = model.fixedBatch(), !usual.isMultiple(of: fixed.count) else { return nil }
    return (usual / fixed.count + 1) * fixed.count
  }

  private static func data(of invocation: Invocation) throws -> [JSONValue.Member] {
    switch (invocation.value(images), invocation.value(Eval.data)) {
    case (let folder?, nil):
      return [.init("format", .string(DataFormat.images.name)), .init("root", path(folder))]
    case (nil, let text?):
      guard let data = DataSettings.option(text) else {
        throw UsageError.badValue("data", text, wanted: DataSettings.acceptedOption)
      }
      return [
        .init("format", .string(data.format.name)), .init("root", path(data.root)),
        .init("train", .string(invocation.value(list) ?? "train")),
      ]
    case (nil, nil):
      throw UsageError.needs("--images", because: "or --data: both networks are run on pictures")
    case (_?, _?): throw UsageError.conflict("images", "data")
    }
  }

  private static func path(_ text: String) -> JSONValue { .string(FilePath.absolute(text)) }
}
