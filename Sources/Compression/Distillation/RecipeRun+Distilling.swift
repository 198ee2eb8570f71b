import Operators
import PluginKit

extension RecipeRun {
  /// Does a step of distillation: training with more terms in its loss.
  static func distill(
    _ student: Model,
    _ settings: DistillSettings,
    _ recipe: Recipe,
    original: Model,
    _ surroundings: Surroundings,
    _ place: TrainingLoop.Place
  ) throws -> TrainStep {
    let matches = recipe.task?.kind == .matchTeacher
    let teacher =
      try settings.model(original: original, recipe, base: surroundings.base)
      ?? matchedModel(of: recipe, original, base: surroundings.base) ?? original
    let distillation = try Distillation(
      settings,
      student: student,
      teacher: teacher,
      registry: surroundings.registry,
      device: surroundings.device,
      seed: settings.train.seed ?? recipe.seed,
      cache: settings.cache.map { path($0, from: surroundings.base) },
      matchesOutputs: matches
    )
    return try TrainStep.run(
      student,
      settings: settings.train,
      material: try surroundings.material(settings.train, student, teacher),
      distillation: distillation,
      device: surroundings.device,
      seed: recipe.seed,
      resuming: surroundings.isResuming,
      place: place
    )
  }

  /// The model that the task `match_teacher` compares with; nil for other tasks.
  ///
  /// - Throws: ``ModelFailure``.
  static func matchedModel(
    of recipe: Recipe,
    _ original: Model,
    base: String
  ) throws -> Model? {
    guard let task = recipe.task, task.kind == .matchTeacher else { return nil }
    let file = try task.options[TaskSettings.teacher]
    guard !file.isEmpty else { return original }
    return try Model.read(path(file, from: base), inputSize: recipe.inputSize)
  }
}

extension DistillSettings {
  /// The teacher; nil where the recipe takes the model as it was.
  ///
  /// - Throws: ``ModelFailure``; `PretrainedWeightsError` for a weight that the file lacks or has in another shape.
  package func model(original: Model, _ recipe: Recipe, base: String) throws -> Model? {
    guard case .model(let source, let weights) = teacher else { return nil }
    let size = original.inputSizes.first?.sizes?.compactMap(\.self)
    let sizes = recipe.inputSize ?? (size?.count == 4 ? size : nil)
    let model: Model
    switch source {
    case .file(let file):
      model = try Model.read(RecipeRun.path(file, from: base), inputSize: sizes)
    case .architecture(let name, let classes, let width):
      guard weights != nil else { throw TrainingError.unusable(Self.needsWeights(name)) }
      model = try Model.built(
        name,
        classes: classes,
        width: width,
        inputSize: sizes,
        seed: recipe.seed
      )
    }
    guard let weights else { return model }
    var graph = model.graph
    let filled = try PretrainedWeights(filling: &graph, from: RecipeRun.path(weights, from: base))
    guard filled.missing.isEmpty else {
      throw TrainingError.unusable(
        "the teacher's weights in \(weights) lack \(filled.missing.count) of \(model.name), such as "
          + "'\(filled.missing[0])'"
      )
    }
    return try Model(model.name, graph, sizes: model.facts.sizes, operators: model.operators)
  }

  private static func needsWeights(_ name: String) -> String {
    "the teacher \(name) would have weights that were drawn: name a file of weights, as in "
      + "teacher: {model: \(name), weights: teacher.safetensors}"
  }
}
