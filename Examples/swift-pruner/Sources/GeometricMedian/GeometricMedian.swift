// A pruner with a score of its own: filters near the geometric median of their layer can be spared,
// since the others can stand in for them (He et al., "Filter Pruning via Geometric Median", 2019).
public import PluginKit

struct GeometricMedian: Strategy, Pruner, ChannelScorer {
  static let ratio = Parameter<Double>(
    "ratio",
    default: 0.3,
    in: 0...0.99,
    tunable: true,
    doc: "Share of channels to remove."
  )
  static let least = Parameter<Int>(
    "least",
    default: 16,
    in: 1...100_000,
    doc: "Groups with fewer channels stay whole."
  )

  static let description = StrategyDescription(
    id: "org.example.geometric-median",
    name: "Geometric median",
    version: "1.0.0",
    doc: "Removes the filters that are closest to all others of their layer.",
    parameters: [ratio.spec, least.spec]
  )

  private let ratio: Double
  private let least: Int

  init(settings: Settings) throws(PluginError) {
    ratio = try settings[Self.ratio]
    least = try settings[Self.least]
  }

  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    var plan = PruningPlan()
    for group in try model.groups where group.channels >= least && ratio > 0 {
      plan.cuts[group.name] = .ratio(ratio)
    }
    return plan
  }

  /// The sum of a filter's Euclidean distances to the other filters of the weight that names the
  /// group: |a - b|² = |a|² + |b|² - 2ab.
  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double] {
    let weight = try model.weight(of: group)
    guard weight.shape.first == group.channels else {
      throw PluginError(
        .invalidArgument,
        "\"\(group.name)\" has the shape \(weight.shape), not one filter for each of \(group.channels) channels"
      )
    }
    let size = weight.count / group.channels
    return weight.withValues { values in
      func product(_ a: Int, _ b: Int) -> Double {
        var sum: Float = 0
        for k in 0..<size { sum += values[a * size + k] * values[b * size + k] }
        return Double(sum)
      }
      let squares = (0..<group.channels).map { product($0, $0) }
      var scores = [Double](repeating: 0, count: group.channels)
      for a in 0..<group.channels {
        for b in 0..<a {
          let distance = max(0, squares[a] + squares[b] - 2 * product(a, b)).squareRoot()
          scores[a] += distance
          scores[b] += distance
        }
      }
      return scores
    }
  }
}

let plugin = Plugin(
  id: "org.example.geometric-median",
  version: "1.0.0",
  vendor: "Example",
  strategies: [.pruner(GeometricMedian.self)]
)

@c @implementation
public func esp_plugin_entry_v1(
  _ host: UnsafePointer<esp_host>
) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
