import Detection
package import Evaluation
import Files
package import Models
package import PluginHost
import PluginKit
package import Pruning
package import Tensors
package import Training

/// What a step of a recipe works with: the recipe, the run's folder, and what both name.
package struct StepContext {
  package let recipe: Recipe
  /// The model before the first step.
  package let original: Model
  package let environment: RunEnvironment
  /// Where models are trained and quantized.
  package let device: Device
  /// The run's folder.
  package let folder: String
  /// The step's number, from 1.
  package let number: Int
  package let store: RunStore?

  /// The plugins that may be used.
  package var registry: PluginRegistry { environment.registry }

  /// Told what happens.
  package var tell: (RunEvent) -> Void { environment.tell }

  /// A path of the recipe, as it is seen from where the program runs.
  package func path(_ path: String) -> String { FilePath.path(path, from: environment.base) }

  /// Where a step trains, and who is told.
  package var place: TrainingLoop.Place {
    TrainingLoop.Place(
      folder: folder,
      number: number,
      store: store,
      tell: environment.tell,
      stop: environment.stop
    )
  }

  /// What a step trains with.
  ///
  /// - Parameters:
  ///   - settings: how it trains.
  ///   - model: what is trained.
  ///   - teacher: the model that a task without labels compares with.
  /// - Returns: task, batches and evaluation.
  /// - Throws: what reading the data throws.
  package func material(
    _ settings: TrainSettings,
    _ model: Model,
    teacher: Model
  ) throws -> TrainingMaterial {
    try TrainingMaterial(
      settings,
      task: recipe.task,
      data: recipe.data,
      model: model,
      original: teacher,
      device: device,
      seed: recipe.seed,
      base: environment.base,
      tell: environment.tell
    )
  }

  /// Trains a model on the recipe's data for its task.
  package func train(_ model: Model, _ settings: TrainSettings) throws -> TrainStep {
    let matched = try matchedModel()
    return try TrainStep.run(
      model,
      settings: settings,
      material: material(settings, model, teacher: matched ?? original),
      teacher: matched,
      device: device,
      seed: recipe.seed,
      resuming: environment.isResuming,
      place: place
    )
  }

  /// The model that a task without labels compares with; nil for other tasks.
  ///
  /// - Throws: `ModelFailure`.
  package func matchedModel() throws -> Model? {
    guard recipe.task?.kind.matchesTeacher == true else { return nil }
    return try recipe.namedTeacher(base: environment.base) ?? original
  }

  /// The recipe's labelled images, for strategies that ask for gradients of the loss: those to train on, else those to evaluate on; nil where
  /// it has no task or data.
  package func gradients(over images: Int) -> LossGradients? {
    recipe.gradients(
      over: images,
      device: device,
      base: environment.base,
      tell: environment.tell
    )
  }

  /// The recipe's validation images, for strategies that measure; nil where it has none.
  ///
  /// Records are kept in the run's database.
  package func evaluation(of model: Model) throws -> PlanEvaluation? {
    guard let task = recipe.task, let data = recipe.data else { return nil }
    var options = CutEvaluator.Options()
    options.device = try Device.named(recipe.device)
    let plan = EvaluationPlan(
      task: task,
      data: data,
      split: data.split(named: "val"),
      base: environment.base
    )
    let database = try Database("\(folder)/run.sqlite")
    return PlanEvaluation(
      { try plan.images(for: model, device: options.device) },
      store: { try SensitivityStore(database, context: $0) },
      options: options,
      tell: environment.tell
    )
  }
}

@available(*, unavailable) extension StepContext: Sendable {}

extension Recipe {
  /// What gradients of the loss are taken over; nil where there is no task or data.
  ///
  /// - Parameters:
  ///   - images: how many, at most.
  ///   - device: where.
  ///   - base: the folder that relative paths start from.
  ///   - seed: of the drawing; nil takes the recipe's.
  ///   - tell: told how far it is.
  /// - Returns: the gradients, not taken yet.
  func gradients(
    over images: Int = LossGradients.standardImages,
    device: Device,
    base: String,
    seed: UInt64? = nil,
    tell: @escaping (RunEvent) -> Void
  ) -> LossGradients? {
    guard let task, let data else { return nil }
    return LossGradients(
      EvaluationPlan(
        task: task,
        data: data,
        split: data.train ?? data.split(named: "val"),
        base: base
      ),
      images: images,
      seed: seed ?? self.seed,
      device: device,
      tell: tell
    )
  }
}
