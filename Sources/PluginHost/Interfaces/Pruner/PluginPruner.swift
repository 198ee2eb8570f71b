package import PluginKit

/// A strategy of a loaded plugin as the Swift protocol: the pipeline sees Swift on both sides.
package final class PluginPruner: Pruner {
  package let provenance: Provenance
  /// The strategy's own score of channels; `nil` where it leaves that to the host.
  package let scorer: (any ChannelScorer)?
  private let instance: any PrunerImplementation

  init(_ instance: any PrunerImplementation, provenance: Provenance) {
    self.instance = instance
    self.provenance = provenance
    scorer = instance.scores ? PluginScorer(instance, provenance: provenance) : nil
  }

  package func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    try instance.plan(for: model)
  }
}

/// How a pruner is called: in this process, or in one of its own.
protocol PrunerImplementation: Sendable {
  var plans: Bool { get }
  var scores: Bool { get }
  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan
  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double]
}

extension PrunerInstance: PrunerImplementation {}

/// The score of a loaded plugin as the Swift protocol.
package final class PluginScorer: ChannelScorer {
  package let provenance: Provenance
  private let instance: any PrunerImplementation

  init(_ instance: any PrunerImplementation, provenance: Provenance) {
    self.instance = instance
    self.provenance = provenance
  }

  package func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    try instance.score(group, of: model)
  }
}
