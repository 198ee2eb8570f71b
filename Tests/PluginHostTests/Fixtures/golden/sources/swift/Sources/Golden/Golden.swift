// A pruner as a stranger ships it in Swift. The libraries built of it are kept: never edit it.
public import PluginKit

struct GoldenPruner: Strategy, Pruner, ChannelScorer {
  static let ratio = Parameter<Double>(
    "ratio",
    default: 0.25,
    in: 0...0.9,
    tunable: true,
    doc: "Share of channels to remove."
  )

  static let description = StrategyDescription(
    id: "org.example.golden.swift-pruner",
    name: "Golden pruner",
    version: "1.0.0",
    doc: "A pruner in Swift.",
    parameters: [ratio.spec]
  )

  private let ratio: Double

  init(settings: Settings) throws(PluginError) { ratio = try settings[Self.ratio] }

  /// Groups at even places lose the share of the parameter, those at odd places the channels whose score lies below the mean.
  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    var plan = PruningPlan()
    for group in try model.groups {
      guard group.index % 2 == 1 else {
        plan.cuts[group.name] = .ratio(ratio)
        continue
      }
      let scores = try score(group, of: model)
      let mean = scores.reduce(0, +) / Double(scores.count)
      plan.cuts[group.name] = .channels(scores.indices.filter { scores[$0] < mean })
    }
    guard try model.cost(of: [plan]).count == 1 else {
      throw PluginError(.internalError, "the plan has no cost")
    }
    return plan
  }

  /// The sum of squares of each filter, of the weight that names the group.
  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double] {
    let weight = try model.weight(of: group)
    let size = weight.count / group.channels
    return weight.withValues { values in
      (0..<group.channels).map { channel in
        (0..<size).reduce(0.0) { sum, k in
          let value = Double(values[channel * size + k])
          return sum + value * value
        }
      }
    }
  }
}

let plugin = Plugin(
  id: "org.example.golden.swift",
  version: "1.0.0",
  vendor: "Example",
  strategies: [.pruner(GoldenPruner.self)]
)

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
