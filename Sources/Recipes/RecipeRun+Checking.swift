package import Evaluation
import Files
package import Models
import Operators
import PluginHost
import Training

extension RecipeRun {
  /// Checks that everything a recipe names is there, before anything runs.
  ///
  /// - Parameters:
  ///   - recipe: what to check.
  ///   - environment: plugins, folders, and who is told which weights were taken over.
  /// - Returns: the model that the recipe names, with its pretrained weights.
  /// - Throws: ``RecipeError``, `ModelFailure`, and what reading its files throws.
  @discardableResult
  package static func check(_ recipe: Recipe, _ environment: RunEnvironment) throws -> Model {
    for (index, step) in recipe.steps.enumerated() {
      try naming(index, of: recipe) {
        try step.checkStrategies(
          in: environment.registry,
          base: environment.base,
          device: recipe.device
        )
        // A strategy that is to help out is there, too.
        if case .fallback(let strategy) = recipe.policies[index] {
          try step.done(by: strategy).checkStrategies(
            in: environment.registry,
            base: environment.base,
            device: recipe.device
          )
        }
      }
    }
    // A runtime that is not there shows now, not after hours.
    for gate in recipe.gates.compactMap(\.self) where gate.isTimed {
      _ = try MeasuredLatency(on: gate.runtime)
    }
    let model = try startingModel(of: recipe, base: environment.base, tell: environment.tell)
    if recipe.trains { _ = try Trainer.imageInput(of: model) }
    for (index, step) in recipe.steps.enumerated() {
      guard let training = step.training else { continue }
      do throws(TrainingError) {
        guard let fixed = try training.requireBatch(of: model), fixed.count < training.batch else {
          continue
        }
        environment.tell(.passes(model: model.name, batch: training.batch, fixed))
      } catch {
        let mark = recipe.source.mark(ofStep: index, type(of: step).trainingKey)
        throw recipe.error(.unusable("\(error)"), at: mark)
      }
    }
    for (index, step) in recipe.steps.enumerated() {
      try step.check(model, in: recipe, at: index, base: environment.base)
    }
    return model
  }

  /// The result of `body`, in whose errors the recipe's step names its strategy.
  static func naming<Result>(
    _ index: Int,
    of recipe: Recipe,
    _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let failure as StrategyFailure {
      throw RecipeError(failure, inStep: index, of: recipe)
    }
  }

  /// The model that the first step gets: the one that the recipe names, pretrained weights taken over.
  ///
  /// - Parameters:
  ///   - recipe: what names them.
  ///   - base: the folder that relative paths start from.
  ///   - tell: told which weights were taken over.
  /// - Returns: the model.
  /// - Throws: `ModelFailure`; `PretrainedWeightsError`.
  package static func startingModel(
    of recipe: Recipe,
    base: String,
    tell: (RunEvent) -> Void = { _ in }
  ) throws -> Model {
    let model = try recipe.model.model(
      from: base,
      inputSize: recipe.inputSize,
      seed: recipe.seed
    )
    guard let pretrained = recipe.pretrained else { return model }
    var graph = model.graph
    let weights = try PretrainedWeights(
      filling: &graph,
      from: FilePath.path(pretrained, from: base),
      keepsMisfits: true
    )
    tell(.weights(file: weights.path, used: weights.used.count))
    if !weights.misfits.isEmpty { tell(.weightsLeft(.shape, names: weights.misfits)) }
    if !weights.missing.isEmpty { tell(.weightsLeft(.missing, names: weights.missing)) }
    return try model.replacing(graph: graph)
  }
}
