import Glibc

/// Ways to choose the range of a tensor from what calibration saw of it.
public enum RangeEstimate: Sendable, Hashable {
  /// From the least value to the greatest.
  case extremes
  /// The mean over images of the greatest magnitude.
  case meanOfPeaks
  /// So that a share of the values lies inside, on both sides together.
  case percentile(share: Double)
  /// Least Kullback-Leibler divergence, by the benchmark's rule.
  case divergence
  /// Least mean squared error of quantized values.
  case squaredError
  /// Least difference of mean and deviation between values and quantized values.
  case moments

  /// The range of a tensor.
  ///
  /// - Parameters:
  ///   - statistics: What calibration saw.
  ///   - encoding: What the tensor will be stored as.
  /// - Returns: A range within the values seen.
  public func range(
    of statistics: CalibrationStatistics,
    for encoding: QuantizationEncoding
  ) -> QuantizationRange {
    guard statistics.peak > 0 else { return QuantizationRange(low: 0, high: 0) }
    switch self {
    case .extremes: return Self.clipped(statistics, to: statistics.peak)
    case .meanOfPeaks:
      return Self.clipped(statistics, to: statistics.peaks / Double(max(1, statistics.images)))
    case .percentile(let share): return Self.percentile(statistics, share, encoding)
    case .divergence:
      let bins = 2048
      let counts = statistics.histogram.magnitudes(bins: bins, upTo: statistics.peak)
      let width = statistics.peak / Double(bins)
      return Self.clipped(statistics, to: Self.leastDivergence(counts, width: width))
    case .squaredError:
      return Self.search(statistics, encoding, Self.squaredError)
    case .moments:
      return Self.search(statistics, encoding, Self.momentDifference)
    }
  }

  private static func clipped(
    _ statistics: CalibrationStatistics,
    to magnitude: Double
  ) -> QuantizationRange {
    let (low, high) = (Double(statistics.low), Double(statistics.high))
    // Values that all lie beyond the magnitude, as a constant's may, leave nothing between the ends: then nothing is clipped.
    guard low <= magnitude, high >= -magnitude else {
      return QuantizationRange(low: low, high: high)
    }
    return QuantizationRange(low: max(low, -magnitude), high: min(high, magnitude))
  }

  // MARK: Percentile

  private static func percentile(
    _ statistics: CalibrationStatistics,
    _ share: Double,
    _ encoding: QuantizationEncoding
  ) -> QuantizationRange {
    let histogram = statistics.histogram
    let total = Double(statistics.count)
    if encoding.isSymmetric {
      let both = zip(histogram.positive, histogram.negative).map { $0 + $1 }
      return clipped(
        statistics,
        to: end(of: both, width: histogram.width, leaving: (1 - share) * total)
      )
    }
    // Two tails share what is left out, where there are two.
    let isTwoSided = statistics.low < 0 && statistics.high > 0
    let outside = (1 - share) * total / (isTwoSided ? 2 : 1)
    return QuantizationRange(
      low: max(
        Double(min(0, statistics.low)),
        -end(of: histogram.negative, width: histogram.width, leaving: outside)
      ),
      high: min(
        Double(max(0, statistics.high)),
        end(of: histogram.positive, width: histogram.width, leaving: outside)
      )
    )
  }

  /// The outer edge of the last bin that has to stay, if at most `outside` values may be beyond it.
  private static func end(of bins: [Int], width: Double, leaving outside: Double) -> Double {
    var beyond = 0
    for bin in bins.indices.reversed() {
      beyond += bins[bin]
      if Double(beyond) > outside { return Double(bin + 1) * width }
    }
    return 0
  }

  // MARK: Divergence

  /// The magnitude at which clipping and merging into groups changes the distribution least.
  ///
  /// For each number i of bins kept, from 70 % on: P is the first i bins with the tail added to the last, unless that
  /// bin is empty; Q the same bins without the tail, merged into groups of ⌊i / groups⌋ (the rest to the last group) and
  /// spread evenly over the bins of each group that are not empty. The i of least KL(P‖Q) gives (i + ½) · width.
  ///
  /// - Parameters:
  ///   - counts: How many magnitudes lie in each bin, from zero outwards.
  ///   - width: The width of a bin.
  ///   - groups: How many whole numbers there are to tell magnitudes apart.
  /// - Returns: The magnitude; where every candidate is left out, that of all bins.
  public static func leastDivergence(_ counts: [Int], width: Double, groups: Int = 255) -> Double {
    let table = DivergenceTable(counts)
    let last = counts.count - 1
    var best: (divergence: Double, bins: Int)?
    for bins in stride(from: Int(Double(last) * 0.7), through: last, by: 1) {
      guard let divergence = table.divergence(keeping: bins, groups: groups) else { continue }
      if divergence < best?.divergence ?? .infinity { best = (divergence, bins) }
    }
    return (Double(best?.bins ?? last) + 0.5) * width
  }

  // MARK: Search

  /// The part of the range, in 128ths, whose quantized values cost least.
  private static func search(
    _ statistics: CalibrationStatistics,
    _ encoding: QuantizationEncoding,
    _ cost: ([(value: Double, count: Int)], QuantizationParameters, ClosedRange<Int>) -> Double
  ) -> QuantizationRange {
    let filled = statistics.histogram.filled
    var best: (cost: Double, range: QuantizationRange)?
    for part in stride(from: 128, through: 16, by: -1) {
      let share = Double(part) / 128
      let range = QuantizationRange(
        low: Double(min(0, statistics.low)) * share,
        high: Double(max(0, statistics.high)) * share
      )
      let found = cost(filled, encoding.parameters(covering: range), encoding.levels)
      if found < best?.cost ?? .infinity { best = (found, range) }
    }
    return best?.range ?? clipped(statistics, to: statistics.peak)
  }

  private static func squaredError(
    _ filled: [(value: Double, count: Int)],
    _ parameters: QuantizationParameters,
    _ levels: ClosedRange<Int>
  ) -> Double {
    var sum = 0.0
    for (value, count) in filled {
      let error = value - rounded(value, parameters, levels)
      sum += error * error * Double(count)
    }
    return sum
  }

  private static func momentDifference(
    _ filled: [(value: Double, count: Int)],
    _ parameters: QuantizationParameters,
    _ levels: ClosedRange<Int>
  ) -> Double {
    var (sum, square, sumQ, squareQ, total) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (value, count) in filled {
      let weight = Double(count)
      let other = rounded(value, parameters, levels)
      total += weight
      sum += value * weight
      square += value * value * weight
      sumQ += other * weight
      squareQ += other * other * weight
    }
    func deviation(_ sum: Double, _ square: Double) -> Double {
      max(0, square / total - sum / total * (sum / total)).squareRoot()
    }
    return abs(sum - sumQ) / total + abs(deviation(sum, square) - deviation(sumQ, squareQ))
  }

  private static func rounded(
    _ value: Double,
    _ parameters: QuantizationParameters,
    _ levels: ClosedRange<Int>
  ) -> Double {
    let scale = Double(parameters.scale)
    let low = Double(levels.lowerBound - parameters.zero)
    let high = Double(levels.upperBound - parameters.zero)
    return min(max((value / scale).rounded(.toNearestOrEven), low), high) * scale
  }
}
