public import PluginKit

/// Cuts a share of every group, the filters of least power norm first.
struct @MODULE@: Strategy, Pruner, ChannelScorer {
  static let ratio = Parameter<Double>("ratio", default: 0.3, in: 0...0.9, tunable: true, doc: "The share to cut.")
  static let squares = Parameter<Bool>("squares", default: false, doc: "Whether weights are squared.")
  static let description = StrategyDescription(
    id: "@ID@", name: "@NAME@", version: "1.0.0", doc: "@DOC@", parameters: [ratio.spec, squares.spec])

  private let ratio: Double
  private let squares: Bool

  init(settings: Settings) throws(PluginError) {
    ratio = try settings[Self.ratio]
    squares = try settings[Self.squares]
  }

  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    var plan = PruningPlan()
    for group in try model.groups where ratio > 0 { plan.cuts[group.name] = .ratio(ratio) }
    return plan
  }

  /// The importance of each channel: the least goes first.
  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double] {
    let weight = try model.weight(of: group)
    guard weight.shape.first == group.channels else {
      throw PluginError(.unimplemented, "the channels of \"\(group.name)\" do not lie first")
    }
    var scores: [Double] = []
    weight.forEachSlice { _, values in
      var sum = 0.0
      for index in values.indices {
        let value = Double(abs(values[index]))
        sum += squares ? value * value : value
      }
      scores.append(sum)
    }
    return scores
  }
}

let plugin = Plugin(id: "@ID@", version: "1.0.0", vendor: "You", strategies: [.pruner(@MODULE@.self)])

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
