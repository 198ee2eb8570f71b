import PluginKit
import Testing

struct CalibrationHistogramTests {
  @Test func `values lie in bins by their magnitude, zeros apart`() {
    var histogram = CalibrationHistogram()
    // 0.75 is below 1, so the range is 1 and a bin 1/8192 wide: 0.75 lies in bin 6144, -0.25 in bin 2048.
    histogram.add([0, 0.75, -0.25, 0, 0.75].span)
    #expect(histogram.exponent == 0)
    #expect(histogram.width == 1.0 / 8192)
    #expect(histogram.zeros == 2)
    #expect(histogram.positive[6144] == 2)
    #expect(histogram.negative[2048] == 1)
    #expect(histogram.count == 5)
  }

  @Test(arguments: [1, 7, 8, 9, 1003]) func `bins hold what counting one by one finds`(count: Int) {
    // Edges of bins and their neighbours, zeros of both signs, and magnitudes that round to nothing.
    var values: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, -1e-30, 17.0 / 8192, (17.0 / 8192).nextDown, -4095.0 / 8192,
    ]
    while values.count < count { values.append(Float(values.count * 7919 % 20011 - 10005) / 10011) }
    values = Array(values.prefix(count - 1)) + [0.75]
    var histogram = CalibrationHistogram()
    histogram.add(values.span)
    var (positive, negative, zeros) = (
      [Int](repeating: 0, count: 8192), [Int](repeating: 0, count: 8192), 0
    )
    for value in values {
      let bin = Int((Double(abs(value)) * 8192).rounded(.down))
      if value == 0 {
        zeros += 1
      } else if value > 0 {
        positive[bin] += 1
      } else {
        negative[bin] += 1
      }
    }
    #expect(histogram.exponent == 0)
    #expect(histogram.zeros == zeros)
    #expect(histogram.positive == positive)
    #expect(histogram.negative == negative)
  }

  @Test(arguments: [-90, -20, 0, 20, 127]) func `bins are the same share of every range`(power: Int)
  {
    let unit = Float(sign: .plus, exponent: power, significand: 1)
    var histogram = CalibrationHistogram()
    // Just below the range's end, and 3/8 of it: bins 8191 and 3072 of 8192.
    histogram.add([unit.nextDown, -0.375 * unit, 0, 0, 0, 0, 0, 0, 0.375 * unit].span)
    #expect(histogram.exponent == power)
    #expect(histogram.positive[8191] == 1)
    #expect(histogram.positive[3072] == 1)
    #expect(histogram.negative[3072] == 1)
    #expect(histogram.zeros == 6)
  }

  @Test func `a histogram by itself leaves out what is no finite number`() {
    var histogram = CalibrationHistogram()
    histogram.add([0.75, .nan, -.infinity, 0, .infinity, 0.75, 0.25, 0.25, 0.25].span)
    #expect(histogram.exponent == 0)
    #expect(histogram.count == 6)
  }

  @Test func `a larger value doubles the width and joins bins in pairs`() {
    var histogram = CalibrationHistogram()
    histogram.add([0.75].span)
    // 3 needs a range of 4: two doublings, 6144 / 4 = 1536; 3 lies in bin 3 / 4 * 8192 = 6144.
    histogram.add([3].span)
    #expect(histogram.exponent == 2)
    #expect(histogram.positive[1536] == 1)
    #expect(histogram.positive[6144] == 1)
    #expect(histogram.count == 2)
  }

  @Test func `a power of two itself opens the next range`() {
    var histogram = CalibrationHistogram()
    histogram.add([1].span)
    #expect(histogram.exponent == 1)
    #expect(histogram.positive[4096] == 1)
  }

  @Test func `order and partition change nothing`() {
    var generator = SystemRandomNumberGenerator()
    var values: [Float] = []
    for _ in 0..<5000 {
      let magnitude = Float(sign: .plus, exponent: Int.random(in: -12...6), significand: 1)
      values.append(Float.random(in: -1...1, using: &generator) * magnitude)
    }
    values += [0, 0, 64, -64]
    var whole = CalibrationHistogram()
    whole.add(values.span)
    for _ in 0..<5 {
      values.shuffle()
      let cut = Int.random(in: 1..<values.count)
      var (a, b) = (CalibrationHistogram(), CalibrationHistogram())
      a.add(Array(values[..<cut]).span)
      b.add(Array(values[cut...]).span)
      var merged = a
      merged.merge(b)
      b.merge(a)
      #expect(merged == whole)
      #expect(b == whole)
    }
  }

  @Test func `magnitudes are regrouped into bins of equal width over a limit`() {
    var histogram = CalibrationHistogram()
    histogram.add([0, 0.1, -0.1, 0.6, 0.99].span)
    #expect(histogram.magnitudes(bins: 2, upTo: 1) == [3, 2])
    #expect(histogram.magnitudes(bins: 4, upTo: 1) == [3, 0, 1, 1])
    #expect(CalibrationHistogram().magnitudes(bins: 3, upTo: 1) == [0, 0, 0])
  }

  @Test func `statistics keep extremes, counts and the mean of peaks`() {
    var statistics = CalibrationStatistics()
    statistics.add(image: [-2, 1, 0].span)
    statistics.add(image: [0.5, 3, 0.25].span)
    #expect(statistics.low == -2)
    #expect(statistics.high == 3)
    #expect(statistics.count == 6)
    #expect(statistics.images == 2)
    #expect(statistics.peaks == 5)
    #expect(statistics.peak == 3)
    #expect(statistics.faults == 0)
  }

  @Test func `values that are no numbers are counted and spoil nothing`() {
    var statistics = CalibrationStatistics()
    statistics.add(image: [1, .nan, .infinity].span)
    #expect(statistics.faults == 2)
    statistics.add(image: [1, 2].span)
    #expect(statistics.high == 2)
    #expect(statistics.count == 2)
  }

  @Test func `statistics of negative and of positive values alone keep their ends`() {
    var statistics = CalibrationStatistics()
    statistics.add(image: [-4, -1].span)
    #expect(statistics.low == -4)
    #expect(statistics.high == -1)
  }
}
