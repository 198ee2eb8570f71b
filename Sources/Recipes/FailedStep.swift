package import Files
package import Models
import Operators
import PluginHost
import PluginKit
import Training

/// A step whose strategy failed, with what was done in its place.
package struct FailedStep: StepResult {
  /// What failed.
  package struct Failure: Sendable, Hashable {
    /// The step's key in recipes.
    package let step: String
    package let strategy: String
    package let reason: String
  }

  package let failure: Failure
  package let before: Model
  package let after: Model
  /// What another strategy did; nil where the step was skipped.
  package let instead: (any StepResult)?

  package var figures: [JSONValue.Member] {
    (instead?.figures ?? []) + [.init("failure", .object(failure.members))]
  }

  /// The step left out.
  init(skipping failure: Failure, _ model: Model) {
    self.failure = failure
    (before, after) = (model, model)
    instead = nil
  }

  /// The step done by another strategy, which the model's metadata says.
  init(_ failure: Failure, instead: any StepResult, by strategy: String) throws {
    self.failure = failure
    self.instead = instead
    before = instead.before
    var graph = instead.after.graph
    graph.record(
      step: [.init("step", "on_failure")] + failure.members + [.init("fallback", .string(strategy))]
    )
    after = try instead.after.replacing(graph: graph)
  }
}

extension FailedStep.Failure {
  /// The failure as reports, stores and metadata have it.
  package var members: [JSONValue.Member] {
    [
      .init("failed", .string(step)), .init("strategy", .string(strategy)),
      .init("reason", .string(reason)),
    ]
  }

  /// The failure that ``members`` describe.
  init?(_ json: JSONValue) {
    guard let step = json["failed"]?.string, let strategy = json["strategy"]?.string,
      let reason = json["reason"]?.string
    else { return nil }
    self.init(step: step, strategy: strategy, reason: reason)
  }

  /// What an error says of a step's strategy; nil where the strategy is not to blame, or was asked to stop.
  init?(_ error: any Error, in step: any RecipeStep) {
    let name = type(of: step).name
    switch error {
    case let failure as StrategyFailure:
      guard case .plugin(let reason) = failure.error, reason.code != .cancelled else { return nil }
      self.init(step: name, strategy: failure.strategy, reason: "\(reason)")
    case DistillError.failed(let loss, let reason):
      self.init(step: name, strategy: loss, reason: reason)
    default: return nil
    }
  }
}
