import PluginKit

import Graphs

extension Recipe.Step {
  /// Steps of later versions, so that their names are answered with more than "unknown".
  private static let names = ["prune", "train", "distill", "quantize"]
  private static let later = ["search", "eval"]

  /// The steps of the list, in order.
  static func read(
    _ node: YAMLNode,
    classes: Int,
    file: String
  ) throws(RecipeError) -> [Recipe.Step] {
    guard let items = node.items else {
      throw RecipeError(
        .wrongKind(key: "steps", found: node.kind, wanted: "a list such as '- prune: {…}'"),
        file: file,
        mark: node.mark
      )
    }
    guard !items.isEmpty else { throw RecipeError(.noSteps, file: file, mark: node.mark) }
    var steps: [Recipe.Step] = []
    for item in items { steps.append(try step(item, classes: classes, file: file)) }
    return steps
  }

  private static func step(
    _ node: YAMLNode,
    classes: Int,
    file: String
  ) throws(RecipeError) -> Recipe.Step {
    guard let entries = node.entries, entries.count == 1, let entry = entries.first else {
      throw RecipeError(
        .wrongKind(
          key: "steps",
          found: node.kind,
          wanted: "a list whose items have one key each, such as '- prune: {…}'"
        ),
        file: file,
        mark: node.mark
      )
    }
    switch entry.key {
    case "prune": return .prune(try PruneSettings.read(entry.value, file: file))
    case "train": return .train(try TrainSettings.read(entry.value, file: file))
    case "distill":
      return .distill(try DistillSettings.read(entry.value, classes: classes, file: file))
    case "quantize": return .quantize(try QuantizeSettings.read(entry.value, file: file))
    case let name where later.contains(name):
      throw RecipeError(
        .notYet(
          "the step '\(name)'",
          cure:
            "this version has 'prune', 'train', 'distill' and 'quantize'; take the step out"
        ),
        file: file,
        mark: entry.keyMark
      )
    case let name:
      throw RecipeError(
        .unknownKey(
          name,
          of: "a step",
          nearest: Graphs.nearest(to: name, in: names + later),
          known: names
        ),
        file: file,
        mark: entry.keyMark
      )
    }
  }
}

extension PruneSettings {
  /// Keys of the step itself; every other key is a parameter of the strategy.
  package static let ownKeys = ["strategy", "align"]

  fileprivate static func read(_ node: YAMLNode, file: String) throws(RecipeError) -> PruneSettings
  {
    var section = try RecipeSection(node, name: "the step 'prune'", key: "prune", file: file)
    let strategy = section.take("strategy")
    let align = try section.int("align", in: 1...1024) ?? 1
    try section.refuse("gate", "a gate", cure: "compare the figures of report.json instead")
    var settings = PruneSettings(strategy: "list", align: align)
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
    for entry in section.takeRest() {
      settings.parameters.append(.init(entry.key, ParameterValue(entry.value)))
    }
    return settings
  }
}
