import Files
import Graphs
package import Models
package import PluginHost
package import PluginKit

/// A search that was done: its trials, and the best network.
package struct SearchStep: Sendable {
  /// The model before.
  package let before: Model
  /// The best network, trained as far as its trial was, with the step's provenance in its metadata.
  package let after: Model
  package let outcome: SearchOutcome
  /// The dimensions that tokens are of.
  package let dimensions: [SearchDimension]
  /// How many networks the space has.
  package let networks: Double
  package let settings: SearchSettings
  /// Which code offered the networks.
  package let provenance: Provenance
  /// What rewards are, such as `AP@0.5`.
  package let metric: String
  /// Seconds of the whole step in this process.
  package let seconds: Double

  /// A step that came to these trials.
  ///
  /// - Parameters:
  ///   - settings: what was searched, and how.
  ///   - before: the model before the step.
  ///   - networks: the space.
  ///   - outcome: the trials, one with a reward among them.
  ///   - best: the best trial's network.
  ///   - metric: what rewards are.
  ///   - seconds: of the step.
  /// - Throws: `OperatorError`.
  package init(
    _ settings: SearchSettings,
    before: Model,
    networks: SearchedNetworks,
    outcome: SearchOutcome,
    best: (trial: Trial, model: Model),
    metric: String,
    seconds: Double
  ) throws {
    self.before = before
    self.outcome = outcome
    dimensions = networks.dimensions
    self.networks = networks.count
    self.settings = settings
    provenance = networks.space.provenance
    self.metric = metric
    self.seconds = seconds
    var graph = best.model.graph
    graph.record(
      step: [.init("step", "search")] + provenance.members
        + [
          .init("searcher", .string(settings.searcher.name)),
          .init("trials", .int(outcome.trials.count)),
          .init("tokens", JSONValue(best.trial.tokens)),
          .init(
            "reward",
            best.trial.worth.map { .double($0) } ?? .null
          ),
        ]
    )
    after = try best.model.replacing(graph: graph)
  }
}
