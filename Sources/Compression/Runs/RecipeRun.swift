import Files
import Graphs
import ModelFormats
import Operators
package import PluginHost
package import PluginKit
package import Tensors

/// A recipe carried out: its model read, its steps done in order, the result and the recipe in a folder.
///
/// Every file appears under its name only when it is whole, the model before the report, so that a run that is killed
/// leaves no half a file. Resumed, steps without checkpoints are done again, and steps that train go on from theirs.
package struct RecipeRun: Sendable {
  /// A step that was done.
  package enum Done: Sendable {
    case prune(PruneStep)
    case train(TrainStep)
    case distill(TrainStep)
    case quantize(QuantizeStep)

    /// The model after the step.
    package var after: Model {
      switch self {
      case .prune(let step): step.after
      case .train(let step), .distill(let step): step.after
      case .quantize(let step): step.after
      }
    }
  }

  /// What a run works with beside its recipe.
  package struct Surroundings {
    /// The plugins that may be used.
    package var registry: PluginRegistry
    /// Where models are trained.
    package var device = Device.cpu
    /// The folder that relative paths of the recipe start from.
    package var base = "."
    /// Whether the folder's checkpoints are taken up.
    package var isResuming = false
    /// What a step trains with, for the model that it begins with and the one before the first step.
    package var material: (TrainSettings, Model, _ original: Model) throws -> TrainingMaterial
    /// What plans are judged on, where the recipe has data; nil where it has none.
    package var evaluation: (Recipe, Model) throws -> PlanEvaluation? = { _, _ in nil }
    /// The images that a quantized model's ranges are taken from.
    package var calibration: (Recipe, QuantizeSettings, Model) throws -> any CalibrationImages = {
      _,
      _,
      _ in throw CalibrationError.noImages
    }
    /// Told before each step, and how far it is.
    package var progress: (String) -> Void = { _ in }
    /// Told what plugins say.
    package var log: (LogLevel, String) -> Void = { _, _ in }

    package init(
      registry: PluginRegistry,
      material: @escaping (TrainSettings, Model, Model) throws -> TrainingMaterial
    ) {
      self.registry = registry
      self.material = material
    }
  }

  /// The steps, in order, each with the models before and after it.
  package let steps: [Done]
  /// The folder.
  package let folder: String
  /// The model that was written.
  package let output: String

  /// Does the steps and writes recipe and model.
  ///
  /// - Parameters:
  ///   - recipe: what to do.
  ///   - text: the recipe's own text, which is copied into the folder.
  ///   - model: what ``check(_:base:registry:tell:)`` returned.
  ///   - folder: where results go; it is made where it is not there.
  ///   - surroundings: plugins, device, and who is told.
  /// - Throws: ``RecipeError``, ``StepFailure``, ``ModelFailure``, ``TrainingError``, `FileError`, ``DatabaseError``.
  package init(
    _ recipe: Recipe,
    text: String,
    model: Model,
    folder: String,
    surroundings: Surroundings
  ) throws {
    try Folder.make(folder)
    NewFile.removeLeftovers(in: folder)
    try File.write(Array(text.utf8), to: "\(folder)/recipe.yml")
    let store = try recipe.trains ? RunStore(folder: folder) : nil
    try store?.record([("base", surroundings.base)])
    var current = model
    var steps: [Done] = []
    for (index, step) in recipe.steps.enumerated() {
      surroundings.progress("step \(index + 1) of \(recipe.steps.count): \(step.title)")
      let done: Done
      do {
        done = try Self.done(
          step,
          with: current,
          recipe,
          original: model,
          surroundings,
          surroundings.place(folder, index + 1, store)
        )
      } catch let failure as StepFailure {
        throw RecipeError(failure, inStep: index, of: recipe) ?? failure
      }
      try store?.finish(step: index + 1, name: step.name, summary: done.summary)
      current = done.after
      steps.append(done)
    }
    output = "\(folder)/\(recipe.export.onnx)"
    surroundings.progress("writing \(output)")
    try current.write(to: output, opset: recipe.export.opset)
    self.steps = steps
    self.folder = folder
  }

  /// Does one step.
  private static func done(
    _ step: Recipe.Step,
    with current: Model,
    _ recipe: Recipe,
    original: Model,
    _ surroundings: Surroundings,
    _ place: TrainingLoop.Place
  ) throws -> Done {
    func train(_ subject: Model, _ settings: TrainSettings) throws -> TrainStep {
      let matched = try Self.matchedModel(of: recipe, original, base: surroundings.base)
      return try TrainStep.run(
        subject,
        settings: settings,
        material: try surroundings.material(settings, subject, matched ?? original),
        teacher: matched,
        device: surroundings.device,
        seed: recipe.seed,
        resuming: surroundings.isResuming,
        place: place
      )
    }
    switch step {
    case .prune(let settings):
      return .prune(
        try PruneStep(
          current,
          settings: try settings.readingSensitivities(from: surroundings.base),
          registry: surroundings.registry,
          seed: recipe.seed,
          evaluation: try surroundings.evaluation(recipe, current),
          log: surroundings.log
        )
      )
    case .train(let settings): return .train(try train(current, settings))
    case .quantize(let settings):
      var quantizing = QuantizeStep.Surroundings(registry: surroundings.registry)
      quantizing.device = surroundings.device
      quantizing.seed = recipe.seed
      quantizing.progress = surroundings.progress
      quantizing.log = surroundings.log
      quantizing.train = train
      quantizing.evaluation = { try surroundings.evaluation(recipe, $0)?.images() }
      return .quantize(
        try QuantizeStep(
          current,
          settings: settings,
          images: try surroundings.calibration(recipe, settings, current),
          surroundings: quantizing
        )
      )
    case .distill(let settings):
      return .distill(
        try Self.distill(
          current,
          settings,
          recipe,
          original: original,
          surroundings,
          place
        )
      )
    }
  }
}

@available(*, unavailable) extension RecipeRun.Surroundings: Sendable {}

extension Recipe {
  /// Whether any step trains.
  package var trains: Bool { steps.contains { $0.training != nil } }
}

extension TrainSettings.Length {
  fileprivate var text: String {
    switch self {
    case .iterations(let count): "\(count) iterations"
    case .epochs(let count): "\(count) epochs"
    }
  }
}

extension RecipeRun.Surroundings {
  /// Where a step trains, and who is told.
  fileprivate func place(_ folder: String, _ number: Int, _ store: RunStore?) -> TrainingLoop.Place
  {
    var place = TrainingLoop.Place(folder: folder, number: number, store: store)
    place.progress = progress
    let log = log
    place.warn = { log(.warning, $0) }
    return place
  }
}

extension Recipe.Step {
  /// How progress names the step.
  fileprivate var title: String {
    switch self {
    case .prune(let settings): "prune by \(settings.strategy)"
    case .train(let settings): "train for \(settings.length.text)"
    case .distill(let settings):
      (settings.losses.isEmpty
        ? "match the teacher"
        : "distill by \(settings.losses.map(\.strategy).joined(separator: ", "))")
        + " for \(settings.train.length.text)"
    case .quantize(let settings): "quantize by \(settings.strategy)"
    }
  }
}

extension RecipeRun.Done {
  /// What the run's store keeps of the step.
  fileprivate var summary: JSONValue {
    let cost = after.cost
    var members: [JSONValue.Member] = [
      .init("parameters", .int(cost.parameters)), .init("multiplyAdds", .int(cost.multiplyAdds)),
    ]
    switch self {
    case .prune, .quantize: break
    case .train(let step), .distill(let step):
      members.append(.init("loss", .double(step.summary.loss)))
      if let metric = step.summary.metric { members.append(.init("metric", .double(metric))) }
    }
    return .object(members)
  }
}
