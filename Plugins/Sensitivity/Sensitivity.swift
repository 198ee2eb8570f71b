import Graphs
import PluginKit

/// Measures how much of the metric each cut costs, then cuts every group as far as a loss or a target allows.
struct Sensitivity: Strategy, Pruner {
  private static let loss = Parameter<Double>(
    "loss",
    default: 0.05,
    in: 0...1,
    doc: "The share of the metric that each group may cost by itself."
  )
  private static let ratios = Parameter<[Double]>(
    "ratios",
    default: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
    elementsIn: 0.001...0.99,
    doc: "The shares of channels to measure, separated by commas."
  )
  private static let groups = Parameter<[String]>(
    "groups",
    default: [],
    doc: "The groups to measure: whole names, in which * stands for any characters; none takes all."
  )
  private static let curves = Parameter<[String]>(
    "curves",
    default: [],
    alias: "sensitivities_file",
    doc: "Measured curves (name=ratio:loss ratio:loss), or as sensitivities_file a file of them."
  )
  private static let flops = Parameter<Double?>(
    "target_flops",
    default: nil,
    doc: "The share of multiply-adds that may remain; the loss is then the least that reaches it."
  )
  private static let size = Parameter<Double?>(
    "target_size",
    default: nil,
    doc: "The share of parameters that may remain."
  )

  static let description = StrategyDescription(
    id: "sensitivity",
    name: "Sensitivity",
    version: "1.0.0",
    doc: "Cuts each group as far as a measured loss of the metric allows.",
    parameters: [
      loss.spec, ratios.spec, groups.spec, curves.spec, flops.spec, size.spec,
    ]
  )

  private let loss: Double
  private let ratios: [Double]
  private let patterns: [String]
  private let curves: [LossCurve]
  private let targets: (flops: Double?, size: Double?)

  init(settings: Settings) throws(PluginError) {
    loss = try settings[Self.loss]
    ratios = try settings[Self.ratios]
    patterns = try settings[Self.groups]
    var curves: [LossCurve] = []
    for text in try settings[Self.curves] { curves.append(try CurveText.curve(text)) }
    self.curves = curves
    targets = (try settings[Self.flops], try settings[Self.size])
    for target in [targets.flops, targets.size] {
      if let target, !(target > 0 && target < 1) {
        throw PluginError(
          .invalidArgument,
          "a target is a share above 0 and below 1, not \(target)"
        )
      }
    }
  }

  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    let curves = try curves.isEmpty ? measured(model) : known(model)
    guard targets.flops != nil || targets.size != nil else {
      return LossCurve.plan(curves, loss: loss)
    }
    let whole = try model.cost(of: [PruningPlan()])[0]
    let reached = try LossCurve.leastLoss(curves) { plan throws(PluginError) in
      if model.shouldStop { throw PluginError(.cancelled, "stopped while choosing") }
      let cost = try model.cost(of: [plan])[0]
      return Double(cost.macs) <= (targets.flops ?? 1) * Double(whole.macs)
        && Double(cost.parameters) <= (targets.size ?? 1) * Double(whole.parameters)
    }
    guard let reached else {
      throw PluginError(
        .notFound,
        "even the largest ratios measured do not reach the target; measure larger ones, or more groups"
      )
    }
    model.log(.info, "the target needs a loss of \(reached) a group")
    return LossCurve.plan(curves, loss: reached)
  }

  /// The curves of the host's own measurement: every group at every ratio in one call, so that work is shared.
  private func measured(_ model: any PruningContext) throws(PluginError) -> [LossCurve] {
    let groups = try selected(model)
    var plans = [PruningPlan()]
    for group in groups {
      for ratio in ratios { plans.append(PruningPlan(cuts: [group.name: .ratio(ratio)])) }
    }
    let metrics = try model.evaluate(plans)
    guard metrics.count == plans.count, metrics[0] != 0 else {
      throw PluginError(.notFound, "the uncut model's metric is 0, so that no loss can be measured")
    }
    var curves: [LossCurve] = []
    for (index, group) in groups.enumerated() {
      let start = 1 + index * ratios.count
      curves.append(
        LossCurve(
          group: group.name,
          points: ratios.indices.map {
            LossCurve.Point(
              ratio: ratios[$0],
              loss: (metrics[0] - metrics[start + $0]) / metrics[0]
            )
          }
        )
      )
    }
    return curves
  }

  private func selected(_ model: any PruningContext) throws(PluginError) -> [PruningGroup] {
    let groups = try model.groups
    guard !patterns.isEmpty else { return groups }
    let names = groups.map(\.name)
    let selected = Set(patterns.flatMap { NamePattern($0).selected(from: names) })
    let found = groups.filter { selected.contains($0.name) }
    guard !found.isEmpty else {
      throw PluginError(.notFound, "no channel group matches \(patterns)")
    }
    return found
  }

  /// The curves given, which must be of groups of this model.
  private func known(_ model: any PruningContext) throws(PluginError) -> [LossCurve] {
    let names = Set(try model.groups.flatMap { $0.members.map(\.name) })
    for curve in curves where !names.contains(curve.group) {
      throw PluginError(
        .notFound,
        "the curves have \"\(curve.group)\", which is no channel group of this model"
      )
    }
    return curves
  }
}
