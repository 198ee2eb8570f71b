import Files
import Operators
package import PluginHost

extension RecipeRun {
  /// Checks that everything a recipe names is there, before anything runs.
  ///
  /// - Parameters:
  ///   - recipe: what to check.
  ///   - base: the folder that relative paths start from.
  ///   - registry: the plugins that may be used.
  ///   - tell: told which weights were taken over.
  /// - Returns: the model that the recipe names, with its pretrained weights.
  /// - Throws: ``StepFailure``, ``ModelFailure`` or ``RecipeError``.
  package static func check(
    _ recipe: Recipe,
    base: String,
    registry: PluginRegistry,
    tell: (String) -> Void = { _ in }
  ) throws -> Model {
    for (index, step) in recipe.steps.enumerated() {
      do { try requireStrategies(of: step, base: base, registry: registry) } catch let
        failure as StepFailure
      { throw RecipeError(failure, inStep: index, of: recipe) ?? failure }
    }
    let model = try startingModel(of: recipe, base: base, tell: tell)
    if recipe.trains { _ = try Trainer.imageInput(of: model) }
    for (index, step) in recipe.steps.enumerated() {
      guard let training = step.training else { continue }
      do throws(TrainingError) {
        guard let fixed = try training.requireBatch(of: model), fixed.count < training.batch else {
          continue
        }
        tell(
          "\(model.name) \(fixed.text): a batch of \(training.batch) is made of \(training.batch / fixed.count) passes"
        )
      } catch {
        let mark = recipe.source.mark(ofStep: index, step.trainingKey)
        throw recipe.error(.unusable("\(error)"), at: mark)
      }
    }
    // Steps before it keep the names of layers.
    for (index, step) in recipe.steps.enumerated() {
      guard case .quantize(let settings) = step,
        let unmatched = UnmatchedSkip(settings, model)
      else { continue }
      let mark = recipe.source.mark(ofStep: index, "skip")
      throw recipe.error(.unusable("\(unmatched)"), at: mark)
    }
    for case .distill(let settings) in recipe.steps {
      let teacher = try settings.model(original: model, recipe, base: base)
      if let teacher { _ = try Trainer.imageInput(of: teacher) }
    }
    return model
  }

  /// Makes the strategies that a step names, and lets them go.
  private static func requireStrategies(
    of step: Recipe.Step,
    base: String,
    registry: PluginRegistry
  ) throws {
    func require(_ strategy: String, _ make: () throws(PluginHostError) -> Void) throws(StepFailure)
    {
      do { try make() } catch { throw .strategy(error, of: strategy) }
    }
    switch step {
    case .prune(let written):
      let settings = try written.readingSensitivities(from: base)
      try require(settings.strategy) { () throws(PluginHostError) in
        _ = try registry.pruner(named: settings.strategy, settings: settings.parameters.values)
      }
    case .distill(let settings): for loss in settings.losses { _ = try loss.made(by: registry) }
    case .quantize(let settings):
      try require(settings.strategy) { () throws(PluginHostError) in
        _ = try registry.quantizer(named: settings.strategy, settings: settings.parameters.values)
      }
    case .train: break
    }
  }

  /// The model that the first step gets: the one that the recipe names, pretrained weights taken over.
  ///
  /// - Parameters:
  ///   - recipe: what names them.
  ///   - base: the folder that relative paths start from.
  ///   - tell: told which weights were taken over.
  /// - Returns: the model.
  /// - Throws: ``ModelFailure``; `PretrainedWeightsError`.
  package static func startingModel(
    of recipe: Recipe,
    base: String,
    tell: (String) -> Void = { _ in }
  ) throws -> Model {
    let model = try Self.model(of: recipe, base: base)
    guard let pretrained = recipe.pretrained else { return model }
    var graph = model.graph
    let weights = try PretrainedWeights(
      filling: &graph,
      from: path(pretrained, from: base),
      keepsMisfits: true
    )
    tell("\(weights.path): \(weights.used.count) weights taken over")
    for (names, remark) in [
      (weights.misfits, "not taken over for their shape"), (weights.missing, "not in the file"),
    ] where !names.isEmpty {
      let some = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
      tell("warning: \(names.count) weights \(remark): \(some)\(names.count > 5 ? ", …" : "")")
    }
    return try Model(model.name, graph, sizes: model.facts.sizes, operators: model.operators)
  }

  /// A path of a recipe, as it is seen from where the program runs.
  package static func path(_ path: String, from base: String) -> String {
    path.hasPrefix("/") ? path : "\(base)/\(path)"
  }

  /// The model that a recipe names.
  ///
  /// - Throws: ``ModelFailure``.
  package static func model(of recipe: Recipe, base: String) throws(ModelFailure) -> Model {
    switch recipe.model {
    case .file(let file):
      return try Model.read(path(file, from: base), inputSize: recipe.inputSize)
    case .architecture(let name, let classes, let width):
      let file = path(name, from: base)
      // A file of another ending, whose kind is told where it is read.
      if !Zoo.names.contains(name), File.exists(file) {
        return try Model.read(file, inputSize: recipe.inputSize)
      }
      return try Model.built(
        name,
        classes: classes,
        width: width,
        inputSize: recipe.inputSize,
        seed: recipe.seed
      )
    }
  }
}
