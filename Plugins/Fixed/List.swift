import PluginKit

/// Given weights with given ratios: the benchmark's `--pruned_params` and `--pruned_ratios`.
struct List: Strategy, Pruner, ChannelScorer {
  private static let names = Parameter<[String]>(
    required: "pruned_params",
    doc: "The weights whose filters are cut, separated by commas."
  )
  private static let shares = Parameter<[Double]>(
    required: "pruned_ratios",
    elementsIn: 0...0.99,
    doc: "The share to remove of each, separated by commas."
  )

  static let description = StrategyDescription(
    id: "list",
    name: "List",
    version: "1.0.0",
    doc: "Removes the given shares of the filters of the given weights.",
    parameters: [names.spec, shares.spec, Score.parameter.spec]
  )

  private let ratios: [String: Double]
  private let score: String?

  init(settings: Settings) throws(PluginError) {
    let names = try settings[Self.names]
    let shares = try settings[Self.shares]
    guard names.count == shares.count else {
      throw PluginError(
        .invalidArgument,
        "pruned_params lists \(names.count) weights, pruned_ratios \(shares.count) shares"
      )
    }
    var ratios: [String: Double] = [:]
    for (name, share) in zip(names, shares) where ratios.updateValue(share, forKey: name) != nil {
      throw PluginError(.invalidArgument, "pruned_params lists \"\(name)\" twice")
    }
    self.ratios = ratios
    score = try settings[Score.parameter]
  }

  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    try RatioList.plan(ratios, for: model, score: score)
  }

  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double] {
    try NamedFilters.scores(of: group, named: ratios.keys, in: model)
  }
}
