package import PluginHost

/// What to prune a model by: a strategy, its parameters and the host's own choices.
package struct PruneSettings: Sendable, Hashable {
  package var strategy: String
  package var parameters: [StrategyParameter]
  /// Kept counts are rounded up to a multiple of this.
  package var align: Int

  package init(
    strategy: String,
    parameters: [StrategyParameter] = [],
    align: Int = 1
  ) {
    self.strategy = strategy
    self.parameters = parameters
    self.align = align
  }
}
