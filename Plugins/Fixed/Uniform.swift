import PluginKit

/// The same share of every group that the selection names.
struct Uniform: Strategy, Pruner {
  private static let ratio = Parameter<Double>(
    "ratio",
    default: 0.3,
    in: 0...0.99,
    tunable: true,
    doc: "Share of channels to remove."
  )

  static let description = StrategyDescription(
    id: "uniform",
    name: "Uniform",
    version: "1.0.0",
    doc: "Removes the same share of channels from every group.",
    parameters: [
      ratio.spec, GroupSelection.include.spec, GroupSelection.exclude.spec, Score.parameter.spec,
    ]
  )

  private let ratio: Double
  private let score: String?
  private let selection: GroupSelection

  init(settings: Settings) throws(PluginError) {
    ratio = try settings[Self.ratio]
    score = try settings[Score.parameter]
    selection = try GroupSelection(settings: settings)
  }

  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    let groups = try selection.groups(of: model)
    var plan = PruningPlan(score: score)
    guard ratio > 0 else { return plan }
    for group in groups { plan.cuts[group.name] = .ratio(ratio) }
    return plan
  }
}
