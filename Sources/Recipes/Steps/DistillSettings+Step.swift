import Detection
package import Evaluation
package import Files
package import Models
package import PluginHost
import PluginKit
import Tensors
package import Training

extension DistillSettings: RecipeStep {
  package static let name = "distill"
  package static let onlyTrains = true

  package static func schema(strategies: [RecipeSchema.Strategy]) -> JSONValue {
    RecipeSchema.distill(strategies.descriptions(of: .distill))
  }

  /// One loss in place of all.
  package func done(by strategy: StrategyChoice) -> DistillSettings {
    var settings = self
    var loss = Loss(strategy.strategy)
    loss.parameters = strategy.parameters
    settings.losses = [loss]
    return settings
  }

  package var summary: RunEvent.Step {
    .init(Self.name, strategies: losses.map(\.strategy), length: train.length)
  }

  package var training: TrainSettings? {
    get { train }
    set { train = newValue ?? train }
  }

  /// Without the task's own loss, none are.
  package var needsLabels: Bool { taskWeight != 0 || train.evaluateEvery != 0 }

  /// Something is compared.
  package func check(in recipe: Recipe, at index: Int) throws(RecipeError) {
    guard recipe.task?.kind.matchesTeacher == true || !losses.isEmpty else {
      throw recipe.error(
        .neededKey(
          "strategy",
          of: "the step 'distill'",
          because: "it or 'losses' says what is compared, unless the task is "
            + TaskKind.namesWithoutLabels
        ),
        at: recipe.source.mark(ofStep: index)
      )
    }
  }

  package func checkStrategies(
    in registry: PluginRegistry,
    base _: String,
    device: String
  ) throws {
    guard !losses.isEmpty else { return }
    let kind = try Device.named(device).kind
    for loss in losses { _ = try loss.made(by: registry, on: kind) }
  }

  package func check(_ model: Model, in recipe: Recipe, at _: Int, base: String) throws {
    let teacher = try self.model(original: model, recipe, base: base)
    if let teacher { _ = try Trainer.imageInput(of: teacher) }
  }

  /// Trains with more terms in its loss.
  package func run(on student: Model, in context: StepContext) throws -> any StepResult {
    let recipe = context.recipe
    let base = context.environment.base
    let teacher =
      try model(original: context.original, recipe, base: base)
      ?? context.matchedModel() ?? context.original
    let distillation = try Distillation(
      self,
      student: student,
      teacher: teacher,
      registry: context.registry,
      device: context.device,
      seed: train.seed ?? recipe.seed,
      cache: cache.map(context.path),
      matchesOutputs: recipe.task?.kind.matchesTeacher == true
    )
    return try TrainStep.run(
      student,
      settings: train,
      material: context.material(train, student, teacher: teacher),
      distillation: distillation,
      device: context.device,
      seed: recipe.seed,
      resuming: context.environment.isResuming,
      place: context.place
    )
  }

  /// The teacher; nil where the recipe takes the model as it was.
  ///
  /// - Throws: ``ModelFailure``; `PretrainedWeightsError` for a weight that the file lacks or has in another shape.
  package func model(original: Model, _ recipe: Recipe, base: String) throws -> Model? {
    let size = original.inputSizes.first?.sizes?.compactMap(\.self)
    return try teacher.model(
      inputSize: recipe.inputSize ?? (size?.count == 4 ? size : nil),
      seed: recipe.seed,
      base: base
    )
  }
}
