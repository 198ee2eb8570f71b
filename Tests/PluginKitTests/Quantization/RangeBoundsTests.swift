import PluginKit
import Testing

/// Ranges of tensors at the bounds of what can be calibrated.
struct RangeBoundsTests {
  static let estimates: [RangeEstimate] = [
    .extremes, .meanOfPeaks, .percentile(share: 0.99999), .percentile(share: 0.5), .divergence,
    .squaredError, .moments,
  ]
  static let constants: [Float] = [
    5, -5, 0.1, -0.1, 1, 1e30, -1e30, .greatestFiniteMagnitude,
  ]
  static let nearly: [Float] = [5, -5, 1e30, 0.003]
  static let sizes: [Float] = [
    .leastNormalMagnitude / 100, -.leastNormalMagnitude / 100, .leastNonzeroMagnitude,
    .leastNormalMagnitude, 3e38,
  ]
  static let encodings: [QuantizationEncoding] = [.affineUInt8, .affineInt8, .symmetricInt8]

  private func statistics(_ images: [[Float]]) -> CalibrationStatistics {
    var statistics = CalibrationStatistics()
    for image in images { statistics.add(image: image.span) }
    return statistics
  }

  @Test(
    arguments: estimates,
    constants
  )
  func `a constant comes back as it was`(estimate: RangeEstimate, value: Float) {
    for images in 1...3 {
      let seen = statistics([[Float]](repeating: [value, value], count: images))
      for encoding in Self.encodings {
        let range = estimate.range(of: seen, for: encoding)
        #expect(range.low <= range.high)
        let parameters = encoding.parameters(covering: range)
        let back = parameters.value(parameters.stored(value, encoding.levels))
        // By half a step; a percentile ends at the edge of a bin.
        #expect(abs(back / value - 1) <= 0.5 / 127, "\(back)")
      }
    }
  }

  @Test(arguments: estimates, nearly)
  func `nearly constant values stay apart from zero`(estimate: RangeEstimate, value: Float) {
    let seen = statistics([(0..<100).map { value * (1 + Float($0) * 1e-5) }])
    for encoding in Self.encodings {
      let range = estimate.range(of: seen, for: encoding)
      #expect(range.low <= range.high)
      let parameters = encoding.parameters(covering: range)
      let back = parameters.value(parameters.stored(value, encoding.levels))
      #expect(abs(back / value - 1) <= 0.01, "\(back)")
    }
  }

  @Test(arguments: estimates, sizes)
  func `tiny and huge values get finite scales that are no zero`(
    estimate: RangeEstimate,
    value: Float
  ) {
    for seen in [statistics([[value]]), statistics([[value, -value / 2, 0]])] {
      for encoding in Self.encodings {
        let range = estimate.range(of: seen, for: encoding)
        #expect(range.low <= range.high && range.low.isFinite && range.high.isFinite)
        let parameters = encoding.parameters(covering: range)
        #expect(parameters.scale >= .leastNormalMagnitude && parameters.scale.isFinite)
        #expect(encoding.levels.contains(parameters.zero))
        for level in [encoding.levels.lowerBound, encoding.levels.upperBound] {
          #expect(parameters.value(level).isFinite)
        }
      }
    }
  }

  @Test func `a range as wide as floats are has finite ends`() {
    let most = Double(Float.greatestFiniteMagnitude)
    for encoding in Self.encodings {
      for range in [
        QuantizationRange(magnitude: most), QuantizationRange(low: 0, high: most),
        QuantizationRange(low: -most, high: 0),
      ] {
        let parameters = encoding.parameters(covering: range)
        for level in encoding.levels { #expect(parameters.value(level).isFinite) }
      }
    }
  }

  @Test func `the divergence of spread values is where it was`() {
    let seen = statistics([(0..<4096).map { Float($0 * $0) / 4096 }])
    let range = RangeEstimate.divergence.range(of: seen, for: .affineUInt8)
    let counts = seen.histogram.magnitudes(bins: 2048, upTo: seen.peak)
    let magnitude = RangeEstimate.leastDivergence(counts, width: seen.peak / 2048)
    #expect(range == QuantizationRange(low: 0, high: min(Double(seen.high), magnitude)))
  }
}
