package import Evaluation
package import Files
package import Models
package import PluginHost
import PluginKit
import Pruning
package import Quantization
package import Training

extension QuantizeSettings: RecipeStep {
  package static let name = "quantize"
  package static let trainingKey: String? = "train"

  package static func read(
    _ node: YAMLNode,
    classes _: Int,
    file: String
  ) throws(RecipeError) -> QuantizeSettings {
    var section = try RecipeSection(
      node,
      name: "the step 'quantize'",
      key: "quantize",
      file: file
    )
    let strategy = try section.require("strategy")
    guard let name = strategy.text, !name.isEmpty else {
      throw section.wrong("strategy", strategy, wanted: "a strategy's name, such as post")
    }
    var settings = QuantizeSettings(strategy: name)
    settings.target =
      QuantizationTarget.named(try section.value(Keys.target)) ?? settings.target
    settings.skip = try section.value(Keys.skip)
    settings.images = try section.value(Keys.images)
    let batches = try section.value(Keys.batches)
    if batches > 0 { settings.images = batches * 16 }
    let images = try CalibrationSettings.taken(from: &section, images: settings.images)
    (settings.calibration, settings.normalization) = (images.path, images.normalization)
    if let type = try section.value(Keys.activations) { settings.setActivations(type) }
    settings.target.isPerChannel = try section.value(Keys.perChannel)
    settings.train = try section.take("train").map { (node) throws(RecipeError) in
      try TrainSettings.read(node, file: file)
    }
    try section.refuse("gate", "a gate", cure: "compare the figures of report.json instead")
    settings.parameters += section.takeParameters()
    return settings
  }

  package static func schema(strategies: [RecipeSchema.Strategy]) -> JSONValue {
    let branches = strategies.descriptions(of: .quantizer).map { strategy -> JSONValue in
      RecipeSchema.object(
        [.init("strategy", ["const": .string(strategy.id)])] + RecipeSchema.members(Keys.specs)
          + [.init("train", RecipeSchema.train)]
          + strategy.parameters.map { .init($0.name, ParameterSchema.schema(of: $0)) },
        required: ["strategy"] + strategy.parameters.filter(\.isRequired).map(\.name)
      )
    }
    return ["anyOf": .array(branches)]
  }

  package func done(by strategy: StrategyChoice) -> QuantizeSettings {
    var settings = self
    settings.strategy = strategy.strategy
    settings.parameters = strategy.parameters
    return settings
  }

  package var summary: RunEvent.Step { .init(Self.name, strategies: [strategy]) }

  package var training: TrainSettings? {
    get { train }
    set { train = newValue }
  }

  /// It is said with which images, and no step follows on whole numbers.
  package func check(in recipe: Recipe, at index: Int) throws(RecipeError) {
    let mark = recipe.source.mark(ofStep: index, "strategy")
    if calibration == nil, recipe.data?.train == nil {
      throw recipe.error(
        .neededKey(
          "calibration",
          of: "the step 'quantize'",
          because: "without it the images of 'data' with 'train' are used, and there are none"
        ),
        at: mark
      )
    }
    guard index == recipe.steps.count - 1 else {
      throw recipe.error(.conflict("quantize", with: "a step after it; quantize last"), at: mark)
    }
  }

  package func checkStrategies(
    in registry: PluginRegistry,
    base _: String,
    device _: String
  ) throws {
    try StrategyFailure.naming(strategy) { () throws(PluginHostError) in
      _ = try registry.quantizer(named: strategy, settings: parameters.values)
    }
  }

  package func check(_ model: Model, in recipe: Recipe, at index: Int, base _: String) throws {
    guard let unmatched = UnmatchedSkip(self, model) else { return }
    throw recipe.error(.unusable("\(unmatched)"), at: recipe.source.mark(ofStep: index, "skip"))
  }

  package func run(on model: Model, in context: StepContext) throws -> any StepResult {
    let recipe = context.recipe
    let source = CalibrationSource(
      calibrationSettings,
      data: recipe.data,
      task: recipe.task,
      base: context.environment.base
    )
    var surroundings = QuantizeStep.Surroundings(registry: context.registry)
    surroundings.device = context.device
    surroundings.seed = recipe.seed
    surroundings.tell = context.tell
    surroundings.train = context.train
    surroundings.evaluation = { try context.evaluation(of: $0)?.images() }
    return try QuantizeStep.run(
      model,
      settings: self,
      images: source.images(for: model),
      surroundings: surroundings
    )
  }
}

extension QuantizeStep: StepResult {}
