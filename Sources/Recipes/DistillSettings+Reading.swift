import Models
import PluginHost
import PluginKit
package import Training

extension DistillSettings {
  /// The settings that a mapping holds; what is no key of the step is a parameter of its one strategy.
  package static func read(
    _ node: YAMLNode,
    classes: Int,
    file: String
  ) throws(RecipeError) -> DistillSettings {
    var section = try RecipeSection(node, name: "the step 'distill'", key: "distill", file: file)
    var settings = DistillSettings()
    let (train, length) = try TrainSettings.keys(&section)
    settings.taskWeight = try section.value(Keys.taskWeight)
    settings.adapters = try section.value(Keys.adapters)
    settings.precision = try section.value(Keys.precision)
    let folder = try section.value(Keys.cache)
    settings.cache = folder.isEmpty ? nil : folder
    if let teacher = section.take("teacher") {
      settings.teacher = try Teacher.read(teacher, classes: classes, file: file)
    }
    if let losses = section.take("losses") {
      settings.losses = try list(losses, section)
    } else if section.has("strategy") {
      settings.losses = [try Loss.read(&section)]
    }
    try section.finish(alsoKnown: ["strategy", "losses"])
    settings.train = try train.whole(length, section)
    try settings.checkCache(section)
    return settings
  }

  private static func list(
    _ node: YAMLNode,
    _ section: RecipeSection
  ) throws(RecipeError) -> [Loss] {
    guard let items = node.items, !items.isEmpty else {
      throw section.wrong("losses", node, wanted: "a list such as [{strategy: split}]")
    }
    var losses: [Loss] = []
    for item in items {
      var inner = try RecipeSection(item, name: "a loss", key: "losses", file: section.file)
      losses.append(try Loss.read(&inner))
    }
    return losses
  }

  /// Values can be kept only for images that are the same at every step.
  private func checkCache(_ section: RecipeSection) throws(RecipeError) {
    guard cache != nil else { return }
    let varied: (key: String, with: String)? =
      train.augment != "none"
      ? ("teacher_cache", "augment: \(train.augment)")
      : train.sizes.count > 1 ? ("teacher_cache", "sizes of more than one side") : nil
    if let varied {
      throw RecipeError(
        .conflict(varied.key, with: varied.with),
        file: section.file,
        mark: section.mark
      )
    }
  }
}

extension DistillSettings.Teacher {
  fileprivate static func read(
    _ node: YAMLNode,
    classes: Int,
    file: String
  ) throws(RecipeError) -> DistillSettings.Teacher {
    if let text = node.text, !text.isEmpty {
      return text == "original"
        ? .original : .model(ModelSource(named: text, classes: classes), weights: nil)
    }
    var section = try RecipeSection(node, name: "'teacher'", key: "teacher", file: file)
    let model = try section.require("model")
    guard let name = model.text, !name.isEmpty else {
      throw section.wrong("model", model, wanted: "an ONNX file or an architecture's name")
    }
    let classes = try section.int("classes", in: 1...100_000) ?? classes
    let form = try section.networkForm()
    let weights = try section.text("weights")
    try section.finish()
    return .model(ModelSource(named: name, classes: classes, form: form), weights: weights)
  }
}

extension DistillSettings.Loss {
  /// One loss; every key that is left is a parameter of the strategy.
  fileprivate static func read(
    _ section: inout RecipeSection
  ) throws(RecipeError) -> DistillSettings.Loss {
    let strategy = try section.require("strategy")
    guard let name = strategy.text, !name.isEmpty else {
      throw section.wrong("strategy", strategy, wanted: "a strategy's name, such as split")
    }
    var loss = DistillSettings.Loss(name)
    if let weight = section.take("weight") {
      guard let number = weight.double, number >= 0, number.isFinite else {
        throw section.wrong("weight", weight, wanted: "a number from 0")
      }
      loss.weight = number
    }
    loss.schedule = try schedule(&section)
    loss.taps = try taps(&section)
    for entry in section.takeRest() {
      loss.parameters.append(.init(entry.key, ParameterValue(entry.value)))
    }
    return loss
  }

  private static func schedule(
    _ section: inout RecipeSection
  ) throws(RecipeError) -> [DistillSettings.Stage] {
    guard let node = section.take("schedule") else { return [] }
    let wanted = "a mapping of rising steps to factors, such as {0: 0, 500: 1}"
    guard let entries = node.entries, !entries.isEmpty else {
      throw section.wrong("schedule", node, wanted: wanted)
    }
    var stages: [DistillSettings.Stage] = []
    for entry in entries {
      guard let step = Int(entry.key), step >= 0, let factor = entry.value.double, factor >= 0,
        factor.isFinite, step > stages.last?.step ?? -1
      else { throw section.wrong("schedule", entry.value, wanted: wanted) }
      stages.append(.init(step: step, factor: factor))
    }
    return stages
  }

  private static func taps(
    _ section: inout RecipeSection
  ) throws(RecipeError) -> DistillSettings.Taps? {
    guard let node = section.take("taps") else { return nil }
    let wanted = "outputs, features, or a list such as [{student: a, teacher: b}]"
    switch node.text {
    case "outputs"?: return .outputs
    case "features"?: return .features
    default: break
    }
    guard let items = node.items, !items.isEmpty else {
      throw section.wrong("taps", node, wanted: wanted)
    }
    var pairs: [DistillSettings.Taps.Pair] = []
    for item in items {
      if let name = item.text, !name.isEmpty {
        pairs.append(.init(student: name, teacher: name))
        continue
      }
      var inner = try RecipeSection(item, name: "a tap", key: "taps", file: section.file)
      let (student, teacher) = (try inner.require("student"), try inner.require("teacher"))
      guard let a = student.text, let b = teacher.text, !a.isEmpty, !b.isEmpty else {
        throw section.wrong("taps", item, wanted: wanted)
      }
      try inner.finish()
      pairs.append(.init(student: a, teacher: b))
    }
    return .named(pairs)
  }
}
