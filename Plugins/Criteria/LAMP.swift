import PluginKit

/// A filter's square over the squares of the layer's filters that are as large or larger (Lee 2021).
///
/// The paper's elements are single weights; these are whole filters.
struct LAMP: Criterion {
  static let description = StrategyDescription(
    id: "lamp",
    name: "LAMP",
    version: "1.0.0",
    doc:
      "Scores a channel by its filter's square over those of the layer's filters that are as large or larger (Lee 2021).",
    parameters: Amount.parameters(.global)
  )

  let amount: Amount

  init(settings: Settings) throws(PluginError) {
    amount = try Amount(settings: settings, scale: .global)
  }

  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double] {
    let layers = try LayerFilters.layers(of: group, in: model)
    // The mean over the layers that make a channel, so that scores stay comparable between groups.
    var makers = [Double](repeating: 0, count: group.channels)
    for channel in layers.flatMap(\.channels) { makers[channel] += 1 }
    let sums = LayerFilters.total(layers, of: group, scale: { _ in 1 }, Self.shares)
    return zip(sums, makers).map { $0 / max(1, $1) }
  }

  /// For each filter, its square over the sum of those that are not less.
  private static func shares(_ layer: LayerFilters) -> [Double] {
    let squares = layer.values.map { $0.reduce(0.0) { $0 + Double($1) * Double($1) } }
    var shares = [Double](repeating: 0, count: squares.count)
    var (sum, place) = (0.0, 0)
    let order = squares.indices.sorted { squares[$0] > squares[$1] }
    while place < order.count {
      let square = squares[order[place]]
      // A square that is no number equals nothing, not even itself: what is left is none either.
      let equals = order[place...].prefix { squares[$0] == square || square.isNaN }
      sum += square * Double(equals.count)
      for index in equals { shares[index] = sum == 0 ? 0 : square / sum }
      place += equals.count
    }
    return shares
  }
}
