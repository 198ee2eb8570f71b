package import Evaluation
package import Files
package import Models
package import PluginHost
import Pruning
import Quantization
import Search
package import Training

/// One kind of thing that a recipe does to a model, as the settings that it does it by.
///
/// A new kind is a type that conforms and one line in ``RecipeSteps/all``.
package protocol RecipeStep: Sendable {
  /// The step's key in recipes.
  static var name: String { get }

  /// Whether the step leaves the network's form as it is, so that its model is judged as the recipe begins.
  static var onlyTrains: Bool { get }

  /// The key that ``training`` stands under; nil where the step's own keys are those of training.
  static var trainingKey: String? { get }

  /// Whether the step keeps records in the run's store, so that an interrupted run can be resumed.
  static var keepsRecords: Bool { get }

  /// Whether the step has strategies, whose failure a recipe may provide for.
  static var hasStrategies: Bool { get }

  /// Whether another strategy can take the strategy's place.
  static var takesFallback: Bool { get }

  /// Reads the step's mapping.
  ///
  /// - Parameters:
  ///   - node: what stands behind the key.
  ///   - classes: the number of classes that the recipe works with.
  ///   - file: how messages name the recipe.
  /// - Returns: the settings.
  /// - Throws: ``RecipeError`` with the place.
  static func read(_ node: YAMLNode, classes: Int, file: String) throws(RecipeError) -> Self

  /// The JSON Schema of the mapping, with the parameters of the strategies given.
  static func schema(strategies: [RecipeSchema.Strategy]) -> JSONValue

  /// What progress says of the step.
  var summary: RunEvent.Step { get }

  /// The step done by another strategy, where it takes one.
  func done(by strategy: StrategyChoice) -> Self

  /// How the step trains, where it does.
  var training: TrainSettings? { get set }

  /// Whether training needs labels, where the task has a loss of its own.
  var needsLabels: Bool { get }

  /// Refuses what does not fit the rest of its recipe; nothing has been read but the recipe.
  ///
  /// - Throws: ``RecipeError`` with the place.
  func check(in recipe: Recipe, at index: Int) throws(RecipeError)

  /// Makes the strategies that the step names, and lets them go.
  ///
  /// - Parameters:
  ///   - registry: where they are found by name.
  ///   - base: the folder that relative paths start from.
  ///   - device: what the recipe runs on, by its name.
  /// - Throws: `StrategyFailure`; what reading files throws that strategies are given.
  func checkStrategies(in registry: PluginRegistry, base: String, device: String) throws

  /// Refuses what does not fit the recipe's model.
  ///
  /// - Parameters:
  ///   - model: what the first step gets; steps keep the names of layers.
  ///   - recipe: what the step stands in.
  ///   - index: the step's place in it.
  ///   - base: the folder that relative paths start from.
  /// - Throws: ``RecipeError``; `ModelFailure` for other models that the step names.
  func check(_ model: Model, in recipe: Recipe, at index: Int, base: String) throws

  /// Does the step; the model given stays as it is.
  ///
  /// - Throws: `StrategyFailure`, and what the mechanism refuses.
  func run(on model: Model, in context: StepContext) throws -> any StepResult
}

extension RecipeStep {
  package static var onlyTrains: Bool { false }
  package static var trainingKey: String? { nil }
  package static var keepsRecords: Bool { false }
  package static var hasStrategies: Bool { true }
  package static var takesFallback: Bool { true }

  package var training: TrainSettings? {
    get { nil }
    set {}
  }

  package var needsLabels: Bool { true }

  package func done(by strategy: StrategyChoice) -> Self { self }

  package func check(in recipe: Recipe, at index: Int) throws(RecipeError) {}
  package func checkStrategies(
    in registry: PluginRegistry,
    base: String,
    device: String
  ) throws {}
  package func check(_ model: Model, in recipe: Recipe, at index: Int, base: String) throws {}
}

/// A step that was done.
package protocol StepResult: Sendable {
  /// The model before the step.
  var before: Model { get }
  /// The model after it, with the step's provenance in its metadata.
  var after: Model { get }
  /// Figures that the run's store keeps of the step, beside the model's cost.
  var figures: [JSONValue.Member] { get }
}

extension StepResult {
  package var figures: [JSONValue.Member] { [] }
}

/// The steps that recipes may name.
package enum RecipeSteps {
  /// In the order that messages name them.
  package static let all: [any RecipeStep.Type] = [
    PruneSettings.self, TrainSettings.self, DistillSettings.self, QuantizeSettings.self,
    SearchSettings.self,
  ]

  /// Steps of later versions, so that their names are answered with more than "unknown".
  static let later = ["eval"]
}
