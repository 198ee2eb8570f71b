import Dispatch
package import Evaluation
import Synchronization

/// How far a loss would scatter with other images of the same kind: images drawn again with replacement.
///
/// The uncut and the cut model are judged on the same draw (a paired bootstrap; Efron, 1979), since images that are
/// hard for one are hard for the other.
package struct Bootstrap: Sendable, Hashable {
  /// How many draws; 0 for none.
  package var draws: Int
  package var seed: UInt64
  /// The share of draws inside the interval.
  package var confidence = 0.95

  package init(draws: Int, seed: UInt64 = 0) {
    self.draws = draws
    self.seed = seed
  }

  /// The images of a draw; the same for the same seed and draw, whatever was asked before.
  package func sample(_ draw: Int, of count: Int) -> [Int] {
    (0..<count).map { place in
      let bits = Self.mixed(Self.mixed(seed &+ 1) ^ Self.mixed(UInt64(draw) << 32 | UInt64(place)))
      return Int(bits.multipliedFullWidth(by: UInt64(count)).high)
    }
  }

  /// The losses of each draw.
  func losses(
    of records: [ImageRecord],
    baseline: [ImageRecord],
    by images: any EvaluationSet
  ) throws -> [Double] {
    try metrics(of: records, baseline: baseline, by: images).map { uncut, cut in
      uncut == 0 ? 0 : (uncut - cut) / uncut
    }
  }

  /// How much the metric falls in each draw, as a difference.
  ///
  /// - Throws: what the metric refuses.
  package func drops(
    of records: [ImageRecord],
    from baseline: [ImageRecord],
    by images: any EvaluationSet
  ) throws -> [Double] {
    try metrics(of: records, baseline: baseline, by: images).map { $0 - $1 }
  }

  /// Both metrics of each draw.
  private func metrics(
    of records: [ImageRecord],
    baseline: [ImageRecord],
    by images: any EvaluationSet
  ) throws -> [(baseline: Double, records: Double)] {
    let results = Mutex<[Int: Result<(Double, Double), any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: draws) { draw in
      let sample = sample(draw, of: records.count)
      let result = Result { () throws -> (Double, Double) in
        let uncut = try images.metric(baseline, sample: sample)
        // Nothing can be lost of nothing.
        return (uncut, uncut == 0 ? 0 : try images.metric(records, sample: sample))
      }
      results.withLock { $0[draw] = result }
    }
    let made = results.withLock { $0 }
    return try (0..<draws).compactMap { draw in
      try made[draw].map {
        let (uncut, cut) = try $0.get(); return (baseline: uncut, records: cut)
      }
    }
  }

  /// The interval that holds the stated share of the draws, by linear interpolation between order statistics.
  package func interval(_ losses: [Double]) -> ClosedRange<Double>? {
    guard let first = losses.first else { return nil }
    let sorted = losses.sorted()
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let low = Int(place)
      guard low + 1 < sorted.count else { return sorted.last ?? first }
      return sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low])
    }
    let tail = (1 - confidence) / 2
    return quantile(tail)...max(quantile(1 - tail), quantile(tail))
  }

  /// SplitMix64's output function (Steele, Lea, Flood, 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
