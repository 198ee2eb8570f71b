public import PluginKit

/// How much of each channel group of the run's network is cut, in steps.
struct @MODULE@: Strategy, SearchSpace {
  static let most = Parameter<Double>(
    "most", default: 0.8, in: 0.1...0.95, doc: "The share of a group that the last step cuts.")
  static let description = StrategyDescription(
    id: "@ID@", name: "@NAME@", version: "1.0.0", doc: "@DOC@", parameters: [most.spec])

  private static let steps = 5
  private let most: Double

  init(settings: Settings) throws(PluginError) { most = try settings[Self.most] }

  /// One choice a group: 0 keeps it whole, each step cuts more.
  func dimensions(in context: any SearchContext) throws(PluginError) -> [SearchDimension] {
    try groups(context).map { SearchDimension($0.name, 0...Self.steps - 1) }
  }

  /// The network of some tokens: a cut of the run's network, which keeps its weights.
  func network(_ tokens: [Int], in context: any SearchContext) throws(PluginError) -> SearchedNetwork {
    var plan = PruningPlan()
    for (group, token) in zip(try groups(context), tokens) where token > 0 {
      plan.cuts[group.name] = .ratio(most * Double(token) / Double(Self.steps - 1))
    }
    return .cuts(plan)
  }

  private func groups(_ context: any SearchContext) throws(PluginError) -> [PruningGroup] {
    guard let groups = try context.network?.groups, !groups.isEmpty else {
      throw PluginError(.unimplemented, "the run has no network with channel groups")
    }
    return groups
  }
}

let plugin = Plugin(id: "@ID@", version: "1.0.0", vendor: "You", strategies: [.space(@MODULE@.self)])

@c @implementation
public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
