import PluginKit

/// Ranges of weights.
enum WeightRanges {
  /// From the least value of each channel, or of all, to the greatest.
  static func extremes(of weight: WeightView, _ tensor: QuantizedTensor) -> [QuantizationRange] {
    each(of: weight, tensor) { values in
      var (low, high): (Float, Float) = (0, 0)
      for index in values.indices {
        low = min(low, values[index])
        high = max(high, values[index])
      }
      return QuantizationRange(low: Double(low), high: Double(high))
    }
  }

  /// Of least squared error in each channel, or in all.
  static func leastError(of weight: WeightView, _ tensor: QuantizedTensor) -> [QuantizationRange] {
    each(of: weight, tensor) { values in
      var statistics = CalibrationStatistics()
      statistics.add(image: values)
      return RangeEstimate.squaredError.range(of: statistics, for: tensor.encoding)
    }
  }

  private static func each(
    of weight: WeightView,
    _ tensor: QuantizedTensor,
    _ range: (Span<Float>) -> QuantizationRange
  ) -> [QuantizationRange] {
    guard tensor.rangeCount > 1 else { return [weight.withValues { range($0) }] }
    var ranges: [QuantizationRange] = []
    weight.forEachSlice(along: tensor.axis ?? 0) { _, values in ranges.append(range(values)) }
    return ranges
  }
}
