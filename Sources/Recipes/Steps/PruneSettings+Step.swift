package import Evaluation
package import Files
package import Models
package import PluginHost
import PluginKit
package import Pruning

extension PruneSettings: RecipeStep {
  package static let name = "prune"

  package static func read(
    _ node: YAMLNode,
    classes _: Int,
    file: String
  ) throws(RecipeError) -> PruneSettings {
    var section = try RecipeSection(node, name: "the step 'prune'", key: "prune", file: file)
    let strategy = section.take("strategy")
    let align = try section.int("align", in: 1...1024)
    let images = try section.int("gradient_images", in: 1...1_000_000)
    var settings = PruneSettings(strategy: "list", align: align ?? 1)
    if let images { settings.gradientImages = images }
    settings.repair = try section.take("repair").flatMap { (node) throws(RecipeError) in
      try CalibrationSettings.repair(node, file: file)
    }
    if let target = section.take("target") {
      settings.align = align ?? PruneTarget.standardBlock
      try settings.read(target, beside: &section, strategy)
      return settings
    }
    if let lists = try section.prunedLists() {
      if let strategy, strategy.text != "list" {
        throw RecipeError(
          .conflict("pruned_params", with: "strategy: \(strategy.text ?? "")"),
          file: file,
          mark: strategy.mark
        )
      }
      settings.parameters = lists
    } else if strategy == nil, section.has("sensitivities_file") {
      settings.strategy = "sensitivity"
    } else {
      guard let strategy, let name = strategy.text, !name.isEmpty else {
        throw section.missing("strategy")
      }
      settings.strategy = name
    }
    settings.score = try section.takeScore()
    settings.parameters += section.takeParameters(naming: settings.score)
    return settings
  }

  /// Takes a target, beside which there is no strategy.
  private mutating func read(
    _ node: YAMLNode,
    beside section: inout RecipeSection,
    _ strategy: YAMLNode?
  ) throws(RecipeError) {
    if let strategy {
      throw RecipeError(
        .conflict("strategy", with: "target: name whose scores count by 'score'"),
        file: section.file,
        mark: strategy.mark
      )
    }
    target = try PruneTarget.read(node, beside: &section)
    self.strategy = "target"
    score = try section.takeScore()
    if score == nil { score = try section.text("score").map { StrategyChoice($0) } }
    if section.has("ratio") {
      throw RecipeError(
        .conflict("ratio", with: "target: it says how much is cut"),
        file: section.file,
        mark: section.mark
      )
    }
    try section.finish()
  }

  package static func schema(strategies: [RecipeSchema.Strategy]) -> JSONValue {
    let align = JSONValue.Member(
      "align",
      ["type": "integer", "minimum": 1, "maximum": 1024, "default": 1]
    )
    let repair = JSONValue.Member("repair", CalibrationSettings.repairSchema)
    let images = JSONValue.Member(
      "gradient_images",
      [
        "description":
          "Images that gradients of the loss are taken over, for strategies that ask for them.",
        "type": "integer", "minimum": 1, "maximum": 1_000_000,
        "default": .int(LossGradients.standardImages),
      ]
    )
    let branches = strategies.descriptions(of: .pruner).map { strategy -> JSONValue in
      let own = strategy.parameters.map {
        JSONValue.Member($0.name, RecipeSchema.parameter($0))
      }
      let required = strategy.parameters.filter(\.isRequired).map(\.name)
      // The benchmark's lists name their strategy by themselves.
      let needed = strategy.id == "list" ? required : ["strategy"] + required
      return [
        "type": "object",
        "description": .string(strategy.doc),
        "required": JSONValue(needed),
        "additionalProperties": false,
        "properties": .object(
          [.init("strategy", ["const": .string(strategy.id)]), align, repair, images] + own
        ),
      ]
    }
    return ["anyOf": .array(branches + [PruneTarget.stepSchema(shared: [align, repair, images])])]
  }

  package func done(by strategy: StrategyChoice) -> PruneSettings {
    var settings = PruneSettings(
      strategy: strategy.strategy,
      parameters: strategy.parameters,
      align: align,
      repair: repair
    )
    settings.gradientImages = gradientImages
    return settings
  }

  package var summary: RunEvent.Step {
    .init(
      Self.name,
      strategies: [strategy] + (target == nil ? [] : [score?.strategy].compactMap(\.self))
    )
  }

  /// It is said with which images a cut is repaired.
  package func check(in recipe: Recipe, at index: Int) throws(RecipeError) {
    guard let repair, repair.path == nil, recipe.data?.train == nil else { return }
    throw recipe.error(
      .neededKey(
        "calibration",
        of: "'repair'",
        because: "without it the images of 'data' with 'train' are used, and there are none"
      ),
      at: recipe.source.mark(ofStep: index, "repair")
    )
  }

  package func checkStrategies(
    in registry: PluginRegistry,
    base: String,
    device _: String
  ) throws {
    if let target {
      if let file = target.sensitivities {
        _ = try SensitivityFile.read(FilePath.path(file, from: base))
      }
      try score?.checkScorer(in: registry)
      return
    }
    let settings = try readingSensitivities(from: base)
    try StrategyFailure.naming(settings.strategy) { () throws(PluginHostError) in
      _ = try registry.pruner(named: settings.strategy, settings: settings.parameters.values)
    }
    try settings.score?.checkScorer(in: registry)
  }

  package func run(on model: Model, in context: StepContext) throws -> any StepResult {
    let recipe = context.recipe
    return try PruneStep.run(
      model,
      settings: settings(from: context.environment.base),
      registry: context.registry,
      seed: context.recipe.seed,
      evaluation: context.evaluation(of: model),
      gradients: context.gradients(over: gradientImages),
      repairImages: { model in
        try repair.map {
          try CalibrationSource(
            $0,
            data: recipe.data,
            task: recipe.task,
            base: context.environment.base
          ).images(for: model)
        }
      },
      device: context.device,
      stop: context.environment.stop,
      tell: context.tell
    )
  }

  /// With what files hold in their place, and the paths of others as they are seen from here.
  private func settings(from base: String) throws -> PruneSettings {
    var settings = try readingSensitivities(from: base)
    settings.target?.sensitivities = target?.sensitivities.map { FilePath.path($0, from: base) }
    settings.target?.place?.times = target?.place?.times.map { FilePath.path($0, from: base) }
    return settings
  }
}

extension PruneStep: StepResult {}
