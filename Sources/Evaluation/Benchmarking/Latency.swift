/// What the calls of a network took, in seconds.
package struct Latency: Sendable, Hashable {
  /// In rising order.
  private let samples: [Double]

  /// Sorts the times of calls; there is one at least.
  package init(_ samples: [Double]) { self.samples = samples.sorted() }

  /// Calls that were timed.
  package var count: Int { samples.count }
  /// The shortest call.
  package var least: Double { percentile(0) }
  /// The call in the middle; of an even number the shorter of two.
  package var median: Double { percentile(50) }
  /// The mean of all.
  package var mean: Double { samples.reduce(0, +) / Double(max(1, samples.count)) }

  /// The shortest call that at least `share` percent of all calls do not exceed (the nearest rank): one that was measured.
  package func percentile(_ share: Double) -> Double {
    guard !samples.isEmpty else { return .nan }
    let rank = Int((share / 100 * Double(samples.count)).rounded(.up))
    return samples[min(max(rank, 1), samples.count) - 1]
  }
}
