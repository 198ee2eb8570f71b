extension Recipe {
  /// The recipe that `text` holds; nothing runs before the whole of it is understood.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - file: how messages name the text.
  /// - Returns: the recipe.
  /// - Throws: ``RecipeError`` with the place.
  package static func read(_ text: String, file: String) throws(RecipeError) -> Recipe {
    let root: YAMLNode
    do { root = try YAMLReader.read(text) } catch {
      throw RecipeError(.yaml(error), file: file, mark: error.mark)
    }
    var section = try RecipeSection(root, name: "a recipe", key: "recipe", file: file)
    let model = try section.model()
    let device = try section.device() ?? "auto"
    let inputSize = try section.inputSize()
    let seed = try section.int("seed", in: 0...Int.max) ?? 0
    let stepsNode = section.take("steps")
    let export = try section.export()
    try section.refuse("data", "reading images", cure: "remove it: pruning needs none")
    try section.refuse("metrics", "evaluation", cure: "remove it")
    try section.finish()
    guard let stepsNode else { throw RecipeError(.missingKey("steps", of: "a recipe"), file: file) }
    return Recipe(
      model: model,
      device: device,
      inputSize: inputSize,
      seed: UInt64(seed),
      steps: try Step.read(stepsNode, file: file),
      export: export
    )
  }
}

extension RecipeSection {
  fileprivate mutating func model() throws(RecipeError) -> Recipe.Model {
    let node = try require("model")
    guard let model = node.text, !model.isEmpty else {
      throw wrong("model", node, wanted: "a file name or an architecture's name")
    }
    let classes = try task()
    return model.hasSuffix(".onnx") ? .file(model) : .architecture(model, classes: classes)
  }

  /// The number of classes that `task` states; 80, COCO's, without one.
  private mutating func task() throws(RecipeError) -> Int {
    guard let node = take("task") else { return 80 }
    var task = try RecipeSection(node, name: "'task'", key: "task", file: file)
    let type = try task.require("type")
    let classes = try task.int("classes", in: 1...100_000)
    try task.finish()
    switch type.text {
    case "yolov3": return classes ?? 80
    case "match_teacher":
      throw RecipeError(
        .notYet("the task 'match_teacher'", cure: "leave 'task' out: pruning needs none"),
        file: file,
        mark: type.mark
      )
    default: throw wrong("type", type, wanted: "'yolov3'")
    }
  }

  fileprivate mutating func device() throws(RecipeError) -> String? {
    guard let node = take("device") else { return nil }
    guard let text = node.text, DeviceName.isValid(text) else {
      throw wrong("device", node, wanted: DeviceName.accepted)
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

  /// Refuses a key that belongs to a later version, saying so rather than calling it unknown.
  mutating func refuse(_ key: String, _ what: String, cure: String) throws(RecipeError) {
    guard let node = take(key) else { return }
    throw RecipeError(.notYet("\(what) ('\(key)')", cure: cure), file: file, mark: node.mark)
  }
}

/// The names of devices that recipes and options accept.
package enum DeviceName {
  /// How messages name what is accepted.
  package static let accepted = "auto, cpu, cuda or cuda:N"

  /// True for a name of that form.
  package static func isValid(_ text: String) -> Bool {
    if ["auto", "cpu", "cuda"].contains(text) { return true }
    guard text.hasPrefix("cuda:"), let index = Int(text.dropFirst(5)) else { return false }
    return (0..<128).contains(index)
  }
}
