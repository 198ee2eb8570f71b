package import PluginKit

/// Which code made a plan, for the report and the model's metadata.
package struct Provenance: Sendable, Hashable, Codable {
  package let strategy: String
  package let plugin: String
  package let version: String
  package let sha256: String
  package let settings: Settings
}

/// A strategy of a loaded plugin as the Swift protocol: the pipeline sees Swift on both sides.
package final class PluginPruner: Pruner {
  package let provenance: Provenance
  /// The strategy's own score of channels; `nil` where it leaves that to the host.
  package let scorer: (any ChannelScorer)?
  private let instance: PluginInstance

  init(_ instance: PluginInstance, provenance: Provenance) {
    self.instance = instance
    self.provenance = provenance
    scorer = instance.scores ? PluginScorer(instance, provenance: provenance) : nil
  }

  package func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    try instance.plan(for: model)
  }
}

/// The score of a loaded plugin as the Swift protocol.
package final class PluginScorer: ChannelScorer {
  package let provenance: Provenance
  private let instance: PluginInstance

  init(_ instance: PluginInstance, provenance: Provenance) {
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
