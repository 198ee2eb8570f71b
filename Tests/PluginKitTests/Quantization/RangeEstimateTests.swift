import Foundation
import PluginKit
import Testing
import TestSupport

struct RangeEstimateTests {
  private func statistics(_ images: [[Float]]) -> CalibrationStatistics {
    var statistics = CalibrationStatistics()
    for image in images { statistics.add(image: image.span) }
    return statistics
  }

  @Test func `extremes are the least and the greatest value`() {
    let seen = statistics([[-1, 0.5], [3]])
    let range = RangeEstimate.extremes.range(of: seen, for: .affineUInt8)
    #expect(range == QuantizationRange(low: -1, high: 3))
  }

  @Test func `the mean of peaks clips at the mean of the images' greatest magnitudes`() {
    // Peaks 1, 2 and 6: mean 3.
    let seen = statistics([[1, -0.5], [-2], [6]])
    let range = RangeEstimate.meanOfPeaks.range(of: seen, for: .symmetricInt8)
    #expect(range == QuantizationRange(low: -2, high: 3))
  }

  @Test func `a percentile leaves out its share of the largest magnitudes`() {
    // 1000 values below 1 and one of 100: 0.999 leaves out at most 1.001 values, so the 100 alone.
    let seen = statistics([(0..<1000).map { Float($0) / 1000 } + [100]])
    let clipped = RangeEstimate.percentile(share: 0.999).range(of: seen, for: .symmetricInt8)
    // A bin is 128 / 8192 wide: 0.999 lies in bin 63, whose outer edge is 1.
    #expect(clipped.high == 1)
    let whole = RangeEstimate.percentile(share: 1).range(of: seen, for: .symmetricInt8)
    #expect(whole.high >= 100 && whole.high <= 100 + 128.0 / 8192)
  }

  @Test func `two tails of an affine range share what is left out`() {
    let seen = statistics([[-50] + (0..<2000).map { Float($0 % 100) / 100 - 0.5 } + [50]])
    let range = RangeEstimate.percentile(share: 0.999).range(of: seen, for: .affineUInt8)
    #expect(range.low > -0.6 && range.low < -0.4)
    #expect(range.high > 0.4 && range.high < 0.6)
  }

  @Test func `the least squared error clips a lone outlier, and keeps an even spread`() {
    let even = statistics([(0...1000).map { Float($0) / 1000 }])
    let kept = RangeEstimate.squaredError.range(of: even, for: .affineUInt8)
    #expect(kept.high > 0.98)
    // Two million values up to 1 cost 2e6 / 12 · (2 / 255)² = 10 by steps of 2/255; the one at 2, clipped to 1, costs 1.
    let many = (0..<100_000).map { Float($0) / 100_000 }
    let images = [many + [2]] + [[Float]](repeating: many, count: 19)
    let clipped = RangeEstimate.squaredError.range(of: statistics(images), for: .affineUInt8)
    #expect(clipped.high < 1.3)
  }

  @Test func `the searched range costs no more than any other 128th, checked value by value`() {
    var values: [Float] = []
    for index in 0..<4000 { values.append(Float(sin(Double(index)) * exp(Double(index % 7)))) }
    let encoding = QuantizationEncoding.symmetricInt8
    func cost(_ range: QuantizationRange) -> Double {
      let parameters = encoding.parameters(covering: range)
      return values.reduce(0) { sum, value in
        let error =
          Double(value)
          - Double(parameters.value(parameters.stored(value, encoding.levels)))
        return sum + error * error
      }
    }
    let seen = statistics([values])
    let found = RangeEstimate.squaredError.range(of: seen, for: encoding)
    let best = (16...128).map { part in
      cost(
        QuantizationRange(
          low: Double(seen.low) * Double(part) / 128,
          high: Double(seen.high) * Double(part) / 128
        )
      )
    }.min()
    // Bins stand for their values' middle, so a neighbour may be chosen.
    #expect(cost(found) <= (best ?? 0) * 1.02)
  }

  @Test func `moments keep a range that changes neither mean nor deviation`() {
    let seen = statistics([(-1000...1000).map { Float($0) / 1000 }])
    let range = RangeEstimate.moments.range(of: seen, for: .symmetricInt8)
    #expect(range.high > 0.97)
    #expect(range.low < -0.97)
  }

  @Test(arguments: [
    RangeEstimate.extremes, .meanOfPeaks, .percentile(share: 0.9), .divergence, .squaredError,
    .moments,
  ])
  func `a tensor of zeros has an empty range`(estimate: RangeEstimate) {
    let range = estimate.range(of: statistics([[0, 0], [0]]), for: .affineUInt8)
    #expect(range == QuantizationRange(low: 0, high: 0))
    #expect(QuantizationEncoding.affineUInt8.parameters(covering: range).scale == 1)
  }
}

/// The benchmark's choice of a threshold, against a reckoning that follows the rule word by word.
struct LeastDivergenceTests {
  /// KL(P‖Q) for the first `kept` bins, written down from the rule.
  private func divergence(_ counts: [Int], kept: Int, groups: Int) -> Double? {
    guard counts[kept - 1] > 0 else { return nil }
    let bins = counts[..<kept].map(Double.init)
    var p = bins
    p[kept - 1] += Double(counts[kept...].reduce(0, +))
    let size = max(1, kept / groups)
    let count = min(groups, kept)
    var q = [Double](repeating: 0, count: kept)
    for group in 0..<count {
      let range = group * size..<(group == count - 1 ? kept : (group + 1) * size)
      let filled = range.filter { bins[$0] > 0 }
      let sum = range.map { bins[$0] }.reduce(0, +)
      for bin in filled { q[bin] = sum / Double(filled.count) }
    }
    let (sumP, sumQ) = (p.reduce(0, +), q.reduce(0, +))
    return p.indices.reduce(0) { total, bin in
      p[bin] > 0 ? total + p[bin] / sumP * log(p[bin] / sumP / (q[bin] / sumQ)) : total
    }
  }

  @Test func `a small case worked out by hand`() {
    // Ten bins, two groups; candidates keep 6, 7, 8 or 9 bins (70 % of 9 is 6.3). Every bin holds 1 but the eighth, which
    // is empty, so keeping 8 is left out. Keeping 6: P = 1 1 1 1 1 4, Q even: ln 6/9 + (4/9) ln 4 = 0.2107. Keeping 7:
    // P's last is 3: ln 7/9 + (3/9) ln 3 = 0.1149. Keeping 9: nothing but the last bin's own tail of 1, so P's last is 2:
    // ln 8/9 + (2/9) ln 2 = 0.0363. The least keeps 9: (9 + ½) · 0.5.
    let counts = [1, 1, 1, 1, 1, 1, 1, 0, 1, 1]
    #expect(RangeEstimate.leastDivergence(counts, width: 0.5, groups: 2) == 4.75)
  }

  @Test func `a long thin tail is cut off where the rule begins`() {
    // 70 % of 99 is 69. Behind bin 69 lies one value in a thousand: the fewest bins have the finest groups.
    var counts = [Int](repeating: 0, count: 100)
    for bin in 0..<70 { counts[bin] = 1000 - 10 * bin }
    for bin in 70..<100 { counts[bin] = 1 }
    let found = RangeEstimate.leastDivergence(counts, width: 1, groups: 8)
    let all = (69...99).compactMap { kept in
      divergence(counts, kept: kept, groups: 8).map { (kept, $0) }
    }
    let best = all.min { $0.1 < $1.1 }
    #expect(found == Double(best?.0 ?? 0) + 0.5)
  }

  @Test(arguments: [31, 255])
  func `drawn histograms give the rule's own minimum`(groups: Int) {
    var random = SeededNumbers(41)
    func draw(_ limit: Int) -> Int {
      Int(random.next() >> 33) % limit
    }
    for _ in 0..<20 {
      let counts = (0..<600).map { bin in draw(10) < 2 ? 0 : draw(2 + 3000 / (bin + 3)) }
      let candidates = (Int(599 * 0.7)...599).compactMap { kept in
        divergence(counts, kept: kept, groups: groups).map { (kept: kept, value: $0) }
      }
      guard let best = candidates.map(\.value).min() else { continue }
      // The benchmark's number of groups is what is taken where none is given.
      let found = Int(
        groups == 255
          ? RangeEstimate.leastDivergence(counts, width: 1)
          : RangeEstimate.leastDivergence(counts, width: 1, groups: groups)
      )
      let chosen = candidates.first { $0.kept == found }
      #expect(abs((chosen?.value ?? .infinity) - best) < 1e-9)
    }
  }

  @Test func `nothing behind the first bins leaves the whole range`() {
    let counts = [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]
    #expect(RangeEstimate.leastDivergence(counts, width: 1, groups: 4) == 9.5)
  }
}
