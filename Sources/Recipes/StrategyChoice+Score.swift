import Files
import PluginHost
import PluginKit

extension RecipeSection {
  /// The strategy whose scores choose channels, where `score` is a mapping that has its parameters; a name alone is left as a parameter.
  mutating func takeScore() throws(RecipeError) -> StrategyChoice? {
    guard let node = takeMapping("score") else { return nil }
    var inner = try RecipeSection(node, name: "'score'", key: "score", file: file)
    let name = try inner.require("strategy")
    guard let strategy = name.text, !strategy.isEmpty else {
      throw inner.wrong("strategy", name, wanted: "the name of a strategy that scores channels")
    }
    return StrategyChoice(strategy, parameters: inner.takeParameters())
  }

  /// What nobody took: the parameters of a strategy, among them the name of the score that was taken.
  mutating func takeParameters(naming score: StrategyChoice?) -> [StrategyParameter] {
    takeParameters()
      + (score.map { [StrategyParameter("score", .string($0.strategy))] } ?? [])
  }
}

extension StrategyChoice {
  /// Makes the scorer, and lets it go.
  ///
  /// - Throws: `StrategyFailure` where there is none of the name and these parameters.
  func checkScorer(in registry: PluginRegistry) throws(StrategyFailure) {
    try StrategyFailure.naming(strategy) { () throws(PluginHostError) in
      _ = try registry.scorer(named: strategy, settings: parameters.values)
    }
  }
}

extension RecipeSchema {
  /// The schema of a strategy's parameter; that of a score may be a mapping with the score's own.
  static func parameter(_ spec: ParameterSpec) -> JSONValue {
    let schema = ParameterSchema.schema(of: spec)
    return spec.name == "score" && spec.kind == .string ? score(spec.doc) : schema
  }

  /// The schema of a strategy that scores channels: its name, or a mapping with its parameters.
  static func score(_ doc: String) -> JSONValue {
    [
      "description": .string(doc),
      "anyOf": [
        ["type": "string"],
        [
          "type": "object",
          "description": "The strategy, and its parameters.",
          "required": ["strategy"],
          "properties": ["strategy": ["type": "string"]],
        ],
      ],
    ]
  }
}
