import PluginKit

/// The sum of a filter's distances from the layer's other filters (He 2019).
///
/// The least lies nearest to their geometric median.
struct FPGM: Criterion {
  static let description = StrategyDescription(
    id: "fpgm",
    name: "FPGM",
    version: "1.0.0",
    doc:
      "Scores a channel by the distances of its filter from the layer's others; the one nearest to all is replaceable (He 2019).",
    parameters: Amount.parameters(.group)
  )

  let amount: Amount

  init(settings: Settings) throws(PluginError) {
    amount = try Amount(settings: settings, scale: .group)
  }

  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double] {
    let layers = try LayerFilters.layers(of: group, in: model)
    // Of several layers none outweighs another by the scale of its weights.
    let scale = { (scores: [Double]) in
      layers.count == 1 ? 1 : scores.reduce(0, +) / Double(max(1, scores.count))
    }
    return LayerFilters.total(layers, of: group, scale: scale, Self.distances)
  }

  /// For each filter, the sum of its distances from all.
  private static func distances(_ layer: LayerFilters) -> [Double] {
    let filters = layer.values.map { values -> [SIMD8<Float>] in
      stride(from: 0, to: values.count, by: 8).map { start in
        var lanes = SIMD8<Float>.zero
        for lane in 0..<min(8, values.count - start) { lanes[lane] = values[start + lane] }
        return lanes
      }
    }
    var sums = [Double](repeating: 0, count: filters.count)
    for first in filters.indices {
      for second in filters.indices where second > first {
        let distance = Self.distance(filters[first], filters[second])
        sums[first] += distance
        sums[second] += distance
      }
    }
    return sums
  }

  private static func distance(_ a: [SIMD8<Float>], _ b: [SIMD8<Float>]) -> Double {
    var squares = SIMD8<Float>.zero
    for index in a.indices {
      let difference = a[index] - b[index]
      squares.addProduct(difference, difference)
    }
    return Double(squares.sum()).squareRoot()
  }
}
