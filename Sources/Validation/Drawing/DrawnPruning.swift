import Models
import Operators
import PluginKit
import Pruning

/// A drawn network as a pruner sees it, with gradients that are drawn and a metric that falls with the cost.
final class DrawnPruning: PruningContext {
  private let context: StrategyContext
  private let inputs: Inputs
  private let kept: PruningSubject
  private let uncut: Double
  /// What the strategy said.
  private(set) var warnings: [String] = []

  init(_ inputs: Inputs, _ draw: inout Draw) throws {
    let model = try DrawnNetwork.model(inputs.kind, &draw)
    kept = try PruningSubject(model, seed: inputs.seed)
    context = kept.context
    self.inputs = inputs
    uncut = Double(max(1, model.cost.multiplyAdds))
  }

  var groups: [PruningGroup] { context.groups }
  var seed: UInt64 { inputs.seed }
  var shouldStop: Bool { inputs.stops }

  func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    try context.weight(member, of: group)
  }

  func gradient(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    let shape = try weight(member, of: group).shape
    var draw = Draw(Draw.seed(inputs.seed, group.name, member))
    let kind = inputs.kind == .poisoned ? ValueKind.poisoned : .normal
    return WeightView(kind.values(shape.reduce(1, *), &draw), shape: shape)
  }

  var gradientSamples: Int { 3 }

  func maskGradients(of group: PruningGroup) -> [[Double]] {
    var draw = Draw(Draw.seed(inputs.seed, group.name, -1))
    let kind = inputs.kind == .poisoned ? ValueKind.poisoned : .normal
    return (0..<gradientSamples).map { _ in kind.values(group.channels, &draw).map(Double.init) }
  }

  func importance(of group: PruningGroup) throws(PluginError) -> [Double] {
    try context.importance(of: group)
  }

  func model() throws(PluginError) -> [UInt8] { try context.model() }

  func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] {
    try context.cost(of: plans)
  }

  func evaluate(_ plans: [PruningPlan]) throws(PluginError) -> [Double] {
    try cost(of: plans).map { 0.8 * (Double($0.macs) / uncut).squareRoot() }
  }

  /// Throws where the host could not carry out a plan.
  func check(_ plan: PruningPlan, scorer: (any ChannelScorer)?) throws {
    let cut = try kept.resolve(plan, scorer: scorer, seeing: self)
    _ = try kept.model(after: cut)
  }

  func log(_ level: LogLevel, _ message: String) {
    if level >= .warning { warnings.append(message) }
  }
}

@available(*, unavailable) extension DrawnPruning: Sendable {}
