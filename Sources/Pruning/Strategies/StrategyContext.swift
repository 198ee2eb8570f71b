import Graphs
import ModelFormats
package import Models
import Operators
package import PluginKit

/// What the host offers a pruning strategy: a model's groups, weights, and what a plan would cost.
package final class StrategyContext: PruningContext {
  package let subject: Model
  package let descriptions: GroupDescriptions
  package let pruning: ChannelPruning
  package let seed: UInt64
  private let constants: RestoredConstants
  private let report: (LogLevel, String) -> Void
  /// What plans are judged on, where the run has a task.
  package var evaluation: PlanEvaluation?
  /// What gradients are taken over, where the run has a task.
  package var gradients: LossGradients?

  /// A context for one model.
  package init(
    _ subject: Model,
    pruning: ChannelPruning,
    seed: UInt64 = 0,
    log: @escaping (LogLevel, String) -> Void = { _, _ in }
  ) {
    self.subject = subject
    self.pruning = pruning
    self.seed = seed
    constants = RestoredConstants(subject.graph)
    report = log
    descriptions = GroupDescriptions(subject, groups: pruning.groups)
  }

  package var groups: [PruningGroup] { descriptions.offered }

  package func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    guard group.members.indices.contains(member),
      let constant = constants[group.members[member].name]
    else {
      throw PluginError(.invalidArgument, "group '\(group.name)' has no member \(member)")
    }
    return try WeightView(lending: constant, named: group.members[member].name)
  }

  package func gradient(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    guard group.members.indices.contains(member),
      let constant = subject.graph.constants[group.members[member].name]
    else {
      throw PluginError(.invalidArgument, "group '\(group.name)' has no member \(member)")
    }
    let name = group.members[member].name
    guard constant.type == .float32 else {
      throw PluginError(
        .unimplemented,
        "the weight '\(name)' is stored as \(constant.type); gradients are of networks in 32-bit floats"
      )
    }
    let gradient =
      try taken().weights[name]
      ?? Constant([Float](repeating: 0, count: constant.count), shape: constant.shape)
    return try WeightView(lending: gradient, named: name)
  }

  package var gradientSamples: Int { get throws(PluginError) { try taken().images } }

  package func maskGradients(of group: PruningGroup) throws(PluginError) -> [[Double]] {
    try taken().masks[group.index]
  }

  private func taken() throws(PluginError) -> LossGradients.Found {
    guard let gradients else {
      throw PluginError(
        .unimplemented,
        "this run has no task, so there are no gradients; give a task and labelled images"
      )
    }
    return try gradients.gradients(of: subject, descriptions) { shouldStop }
  }

  package func importance(of group: PruningGroup) throws(PluginError) -> [Double] {
    let source = descriptions.sources[group.index]
    return ChannelImportance.scores(of: [source], in: subject.graph).first ?? []
  }

  package func model() throws(PluginError) -> [UInt8] {
    do {
      let graph = try subject.operators.exported(subject.graph)
      return try ONNX.encode(graph).elements(as: UInt8.self)
    } catch {
      throw PluginError(.internalError, "the model cannot be written as ONNX", cause: error)
    }
  }

  package func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] {
    var costs: [PruningCost] = []
    for plan in plans {
      do {
        let small = try pruning.apply(try pruning.resolve(plan))
        let cost = try subject.replacing(graph: small).cost
        costs.append(PruningCost(macs: cost.multiplyAdds, parameters: cost.parameters))
      } catch let error as PruningError {
        throw PluginError(.invalidArgument, "\(error)")
      } catch {
        throw PluginError(.internalError, "the plan cannot be applied", cause: error)
      }
    }
    return costs
  }

  package func evaluate(_ plans: [PruningPlan]) throws(PluginError) -> [Double] {
    guard let evaluation else {
      throw PluginError(
        .unimplemented,
        "this run has no task, so a plan cannot be evaluated; give sensitivities_file, or a task and data"
      )
    }
    do {
      return try evaluation.metrics(of: plans, subject, pruning)
    } catch let error as PruningError {
      throw PluginError(.invalidArgument, "\(error)")
    } catch SensitivityError.stopped {
      throw PluginError(.cancelled, "stopped while plans were evaluated; what was measured is kept")
    } catch {
      throw PluginError(.internalError, "plans cannot be evaluated: \(error)", cause: error)
    }
  }

  package func log(_ level: LogLevel, _ message: String) { report(level, message) }
}
