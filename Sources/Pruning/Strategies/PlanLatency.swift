import Models
import Operators
package import PluginKit
package import Tensors

/// The time of a forward pass after a plan, as a share of the uncut model's, measured in turns on this machine.
package final class PlanLatency {
  private let context: StrategyContext
  private let device: Device
  private let inputs: [String: Tensor]
  private let whole: Session
  private let rounds: Int

  /// Prepares the uncut model.
  ///
  /// - Throws: `OperatorError`, `TensorError`.
  package init(_ context: StrategyContext, device: Device = .cpu, rounds: Int = 7) throws {
    self.context = context
    self.device = device
    self.rounds = rounds
    let drawn = try ModelInputs(context.subject).drawing(seed: 0, beside: [:])
    inputs = try drawn.mapValues { try $0.tensor(on: device) }
    whole = Self.session(context.subject, device)
  }

  /// The plan's time over the uncut model's, each the least of several rounds, taken in turns so that both meet the same load.
  package func share(of plan: PruningPlan) throws -> Double {
    let graph = try context.pruning.apply(try context.pruning.resolve(plan))
    let subject = context.subject
    let cut = Self.session(
      try subject.replacing(graph: graph),
      device
    )
    var (before, after) = (Double.infinity, Double.infinity)
    for round in 0...rounds {
      let times = try (time(whole), time(cut))
      guard round > 0 else { continue }
      before = min(before, times.0)
      after = min(after, times.1)
    }
    return after / before
  }

  private func time(_ session: Session) throws -> Double {
    let start = ContinuousClock.now
    let outputs = try session.run(inputs, keeping: false)
    // A value that is read has been computed, on devices that run behind the host too.
    _ = try outputs.values.first.map { try $0.moved(to: .cpu) }
    return (ContinuousClock.now - start) / .seconds(1)
  }

  private static func session(_ model: Model, _ device: Device) -> Session {
    Session(model.graph, operators: model.operators, device: device, mode: .fast, memory: 0)
  }
}

@available(*, unavailable) extension PlanLatency: Sendable {}
