package import Evaluation
package import PluginHost

/// What to prune a model by: a strategy, its parameters and the host's own choices.
package struct PruneSettings: Sendable, Hashable {
  package var strategy: String
  package var parameters: [StrategyParameter]
  /// Kept counts are rounded up to a multiple of this.
  package var align: Int
  /// The images without labels on which the layers behind the cut are fitted to what they made before it; nil leaves them as cut.
  package var repair: CalibrationSettings?

  /// Images to repair with where nothing else is said.
  package static let repairImages = 64

  package init(
    strategy: String,
    parameters: [StrategyParameter] = [],
    align: Int = 1,
    repair: CalibrationSettings? = nil
  ) {
    self.strategy = strategy
    self.parameters = parameters
    self.align = align
    self.repair = repair
  }
}
