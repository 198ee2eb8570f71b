import Datasets
import Detection
import Evaluation
import Models
import PluginKit
import Tensors
import Training

extension Recipe {
  /// The recipe that `text` holds; nothing runs before the whole of it is understood.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - file: how messages name the text.
  ///   - overrides: values that stand in place of the text's.
  /// - Returns: the recipe.
  /// - Throws: ``RecipeError`` with the place.
  package static func read(
    _ text: String,
    file: String,
    overrides: RecipeOverrides = RecipeOverrides()
  ) throws(RecipeError) -> Recipe {
    let root: YAMLNode
    do { root = try YAMLReader.read(text) } catch {
      throw RecipeError(.yaml(error), file: file, mark: error.mark)
    }
    return try read(root, file: file, overrides: overrides)
  }

  /// The recipe that a tree holds.
  static func read(
    _ tree: YAMLNode,
    file: String,
    overrides: RecipeOverrides
  ) throws(RecipeError) -> Recipe {
    let root = try overrides.applied(to: tree, file: file)
    var section = try RecipeSection(root, name: "a recipe", key: "recipe", file: file)
    let task = try section.take("task").map { (node) throws(RecipeError) in
      try TaskSettings.read(node, file: file)
    }
    let data = try section.take("data").map { (node) throws(RecipeError) in
      try DataSettings.read(node, file: file)
    }
    let classes = task?.classes ?? data?.classCount ?? 80
    let model = try section.model(classes: classes)
    let pretrained = try section.text("pretrained")
    let device = try section.device() ?? "auto"
    let inputSize = try section.inputSize()
    let seed = try section.int("seed", in: 0...Int.max) ?? 0
    let stepsNode = section.take("steps")
    let trainNode = section.take("train")
    let export = try section.export()
    let plugins = try section.plugins()
    try section.refuse("metrics", "evaluation", cure: "say 'metric' in 'data'")
    try section.finish()
    let read = try steps(stepsNode, train: trainNode, classes: classes, file: file)
    let recipe = Recipe(
      model: model,
      task: task,
      data: data,
      pretrained: pretrained,
      device: device,
      inputSize: inputSize,
      seed: UInt64(seed),
      steps: read.map(\.step),
      policies: read.map(\.policy),
      gates: read.map(\.gate),
      plugins: plugins,
      export: export,
      source: RecipeSource(file: file, root: root)
    )
    try recipe.checkTraining()
    for (index, step) in recipe.steps.enumerated() {
      try step.check(in: recipe, at: index)
      try recipe.gates[index]?.check(in: recipe, at: index)
    }
    return recipe
  }

  /// The steps; `train` beside them is short for the only step of a recipe that trains and nothing else.
  private static func steps(
    _ steps: YAMLNode?,
    train: YAMLNode?,
    classes: Int,
    file: String
  ) throws(RecipeError) -> [RecipeSteps.Entry] {
    switch (steps, train) {
    case (let steps?, nil): return try RecipeSteps.read(steps, classes: classes, file: file)
    case (nil, let train?):
      let (gate, settings) = try Gate.taken(from: train, file: file)
      return [.init(try TrainSettings.read(settings, file: file), gate: gate)]
    case (_?, let train?):
      throw RecipeError(.conflict("train", with: "steps"), file: file, mark: train.mark)
    case (nil, nil): throw RecipeError(.missingKey("steps", of: "a recipe"), file: file)
    }
  }

  /// A recipe that trains says on what, and for what.
  private func checkTraining() throws(RecipeError) {
    for (index, step) in steps.enumerated() {
      guard let settings = step.training else { continue }
      func needs(_ key: String, _ reason: String) -> RecipeError {
        let mark = source.mark(ofStep: index, type(of: step).trainingKey)
        return error(.neededKey(key, of: "a recipe", because: reason), at: mark)
      }
      guard task != nil else {
        throw needs("task", "the step '\(type(of: step).name)' takes its loss from it")
      }
      guard let data else {
        throw needs("data", "the step '\(type(of: step).name)' reads its images there")
      }
      guard data.train != nil else {
        throw error(
          .neededKey(
            "train",
            of: "'data'",
            because: "it lists the images of the step '\(type(of: step).name)'"
          ),
          at: source.mark("data")
        )
      }
      guard settings.evaluateEvery == 0 || data.val != nil else {
        throw error(
          .neededKey("val", of: "'data'", because: "'evaluate_every' evaluates on that list"),
          at: source.mark("data")
        )
      }
      let judges = settings.evaluateEvery != 0 && task?.kind.needsLabels == true
      let learns = step.needsLabels && task?.kind.matchesTeacher == false
      guard data.format.isLabelled || !(judges || learns) else {
        throw error(
          .conflict(
            "format: \(data.format)",
            with: "a task that needs labels; take \(TaskKind.namesWithoutLabels)"
          ),
          at: source.mark("data")
        )
      }
    }
  }
}

extension Recipe {
  /// An error at a place of the file that the recipe was read from.
  func error(_ problem: RecipeError.Problem, at mark: YAMLMark?) -> RecipeError {
    RecipeError(problem, file: source.file, mark: mark)
  }
}

extension DataSettings {
  /// The number of classes where the recipe names them.
  fileprivate var classCount: Int? { classes.isEmpty ? nil : classes.count }
}

extension RecipeSection {
  fileprivate mutating func model(classes: Int) throws(RecipeError) -> ModelSource {
    let node = try require("model")
    let wanted = "a file name, an architecture's name, or {name: …, width: …, grouped: …}"
    guard node.entries != nil else {
      guard let model = node.text, !model.isEmpty else {
        throw wrong("model", node, wanted: wanted)
      }
      return model.hasSuffix(".onnx") ? .file(model) : .architecture(model, classes: classes)
    }
    var section = try RecipeSection(node, name: "'model'", key: "model", file: file)
    let name = try section.require("name")
    guard let text = name.text, !text.isEmpty else {
      throw section.wrong("name", name, wanted: "an architecture's name")
    }
    let form = try section.networkForm()
    try section.finish()
    guard !text.hasSuffix(".onnx") else { return .file(text) }
    return .architecture(text, classes: classes, form: form)
  }

  fileprivate mutating func plugins() throws(RecipeError) -> [String] {
    guard let node = take("plugins") else { return [] }
    let wanted = "a list of manifests, or of folders that hold one"
    guard let items = node.items else { throw wrong("plugins", node, wanted: wanted) }
    return try items.map { (item) throws(RecipeError) in
      guard let path = item.text, !path.isEmpty else {
        throw wrong("plugins", item, wanted: wanted)
      }
      return path
    }
  }

  fileprivate mutating func device() throws(RecipeError) -> String? {
    guard let node = take("device") else { return nil }
    guard let text = node.text, Device.isName(text) else {
      throw wrong("device", node, wanted: Device.acceptedNames)
    }
    return text
  }

  fileprivate mutating func inputSize() throws(RecipeError) -> [Int]? {
    let key = "input_size"
    guard let node = take(key) else { return nil }
    let wanted = "sizes such as 3x416x416 or [3, 416, 416], or one side such as 416"
    let listed = node.items.map { $0.compactMap(\.int) }
    if let listed, let items = node.items, listed.count == items.count,
      let sizes = InputSizeText.complete(listed)
    {
      return sizes
    }
    guard let text = node.text, let sizes = InputSizeText.parse(text) else {
      throw wrong(key, node, wanted: wanted)
    }
    return sizes
  }

  fileprivate mutating func export() throws(RecipeError) -> Recipe.Export {
    var export = Recipe.Export()
    guard let node = take("export") else { return export }
    var section = try RecipeSection(node, name: "'export'", key: "export", file: file)
    if let onnx = section.take("onnx") {
      guard let name = onnx.text, !name.isEmpty, !name.contains("/") else {
        throw section.wrong("onnx", onnx, wanted: "a file name without '/', made in the run folder")
      }
      export.onnx = name
    }
    export.opset = try section.int("opset", in: 7...22)
    try section.refuse("target", "lowering for a target", cure: "remove it")
    try section.finish()
    return export
  }

  /// How a network that is built differs from the one that was published.
  mutating func networkForm() throws(RecipeError) -> NetworkForm {
    NetworkForm(
      width: try value(NetworkForm.Keys.width),
      isGrouped: try value(NetworkForm.Keys.grouped)
    )
  }

  /// Refuses a key that belongs to a later version, saying so rather than calling it unknown.
  mutating func refuse(_ key: String, _ what: String, cure: String) throws(RecipeError) {
    guard let node = take(key) else { return }
    throw RecipeError(.notYet("\(what) ('\(key)')", cure: cure), file: file, mark: node.mark)
  }
}
