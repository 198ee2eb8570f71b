package import Evaluation
package import PluginHost

/// What to prune a model by: a strategy, its parameters and the host's own choices.
package struct PruneSettings: Sendable, Hashable {
  package var strategy: String
  package var parameters: [StrategyParameter]
  /// The strategy whose scores choose channels, where it has parameters; `parameters` name it too.
  package var score: StrategyChoice?
  /// Kept counts are rounded up to a multiple of this.
  package var align: Int
  /// The images without labels on which the layers behind the cut are fitted to what they made before it; nil leaves them as cut.
  package var repair: CalibrationSettings?

  /// What the model may cost; the strategy then has no say.
  package var target: PruneTarget?

  /// Images to repair with where nothing else is said.
  package static let repairImages = 64
  /// The images that gradients of the loss are taken over, at most.
  package var gradientImages = LossGradients.standardImages

  package init(
    strategy: String,
    parameters: [StrategyParameter] = [],
    score: StrategyChoice? = nil,
    align: Int = 1,
    repair: CalibrationSettings? = nil
  ) {
    self.strategy = strategy
    self.parameters = parameters
    self.score = score
    self.align = align
    self.repair = repair
  }
}
