import PluginKit

/// A list of the benchmark's: a ratio for each of some filters.
protocol BenchmarkList: Strategy, Pruner, ChannelScorer {
  /// By the weights' names.
  static var ratios: [String: Double] { get }
  /// What chooses the channels; nil for the list's own way.
  var score: String? { get }
}

extension BenchmarkList {
  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    try RatioList.plan(Self.ratios, for: model, score: score)
  }

  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double] {
    try NamedFilters.scores(of: group, named: Self.ratios.keys, in: model)
  }
}
