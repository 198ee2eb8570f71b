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
  private static let include = Parameter<[String]>(
    "include",
    default: [],
    doc: "Only these groups: whole names, in which * stands for any characters."
  )
  private static let exclude = Parameter<[String]>(
    "exclude",
    default: [],
    doc: "Not these groups: whole names, in which * stands for any characters."
  )

  static let description = StrategyDescription(
    id: "uniform",
    name: "Uniform",
    version: "1.0.0",
    doc: "Removes the same share of channels from every group.",
    parameters: [ratio.spec, include.spec, exclude.spec, Score.parameter.spec]
  )

  private let ratio: Double
  private let score: String?
  private let include: NameSelection
  private let exclude: NameSelection

  init(settings: Settings) throws(PluginError) {
    ratio = try settings[Self.ratio]
    score = try settings[Score.parameter]
    include = NameSelection(try settings[Self.include])
    exclude = NameSelection(try settings[Self.exclude])
  }

  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    let groups = try model.groups
    let names = groups.map(\.name)
    let wanted = try include.selected(from: names, parameter: "include")
    let unwanted = try exclude.selected(from: names, parameter: "exclude")
    var plan = PruningPlan(score: score)
    guard ratio > 0 else { return plan }
    for name in names where (include.isEmpty || wanted.contains(name)) && !unwanted.contains(name) {
      plan.cuts[name] = .ratio(ratio)
    }
    return plan
  }
}
