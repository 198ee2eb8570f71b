import PluginKit
import Testing

struct QuantizationEncodingTests {
  @Test func `a symmetric scale is the larger end by 127`() {
    let range = QuantizationRange(low: -2.54, high: 1)
    let parameters = QuantizationEncoding.symmetricInt8.parameters(covering: range)
    #expect(parameters == QuantizationParameters(scale: 0.02, zero: 0))
  }

  @Test func `an affine range has its ends at the ends of the numbers`() {
    let range = QuantizationRange(low: -1, high: 4.1)
    // 5.1 / 255 = 0.02; zero at 0 + 1 / 0.02 = 50.
    let unsigned = QuantizationEncoding.affineUInt8.parameters(covering: range)
    #expect(unsigned == QuantizationParameters(scale: 0.02, zero: 50))
    let signed = QuantizationEncoding.affineInt8.parameters(covering: range)
    #expect(signed == QuantizationParameters(scale: 0.02, zero: -78))
  }

  @Test func `zero is in every range, and exact`() {
    let above = QuantizationEncoding.affineUInt8.parameters(covering: .init(low: 1, high: 5.1))
    #expect(above == QuantizationParameters(scale: 0.02, zero: 0))
    let below = QuantizationEncoding.affineInt8.parameters(covering: .init(low: -5.1, high: -1))
    #expect(below == QuantizationParameters(scale: 0.02, zero: 127))
    #expect(above.value(above.zero) == 0)
    #expect(below.value(below.zero) == 0)
  }

  @Test func `a channel of zeros has a scale that divides`() {
    let parameters = QuantizationEncoding.symmetricInt8.parameters(covering: .init(magnitude: 0))
    #expect(parameters.scale == 1)
    #expect(parameters.stored(0, -127...127) == 0)
  }

  @Test func `halves are stored to even, and what is outside is clipped`() {
    let parameters = QuantizationParameters(scale: 1, zero: 10)
    let levels = 0...255
    #expect([-0.5, 0.5, 1.5, 2.5].map { parameters.stored($0, levels) } == [10, 10, 12, 12])
    #expect(parameters.stored(-1e30, levels) == 0)
    #expect(parameters.stored(1e30, levels) == 255)
    #expect(QuantizationParameters(scale: 1, zero: 0).stored(-1000, -127...127) == -127)
  }

  @Test func `what is stored and restored differs by half a step at most`() {
    let encoding = QuantizationEncoding.affineUInt8
    let parameters = encoding.parameters(covering: .init(low: -0.7, high: 2.3))
    for index in 0...3000 {
      let value = Float(index) / 1000 - 0.7
      let restored = parameters.value(parameters.stored(value, encoding.levels))
      #expect(abs(restored - value) <= parameters.scale * 0.5001)
    }
  }
}

struct BenchmarkQuantizationTests {
  @Test func `training rounds halves away from zero, freezing to even`() {
    // With the scale 127 a step is 1.
    for (value, away, even) in [
      (0.5, 1, 0), (1.5, 2, 2), (2.5, 3, 2), (-0.5, -1, 0), (-2.5, -3, -2),
    ]
      as [(Float, Float, Float)]
    {
      #expect(BenchmarkQuantization.quantized(value, scale: 127) == away)
      #expect(BenchmarkQuantization.quantized(value, scale: 127, .halfEven) == even)
    }
  }

  @Test func `values are clipped to the scale, and -128 is unused`() {
    #expect(BenchmarkQuantization.quantized(-9, scale: 2) == -127)
    #expect(BenchmarkQuantization.quantized(9, scale: 2) == 127)
    #expect(BenchmarkQuantization.quantized(1, scale: 2) == 64)
    #expect(BenchmarkQuantization.dequantized(64, scale: 2) == Float(128) / 127)
  }

  @Test func `a channel of zeros freezes to zeros`() {
    #expect(BenchmarkQuantization.quantized(0, scale: 0, .halfEven) == 0)
    #expect(BenchmarkQuantization.dequantized(0, scale: 0) == 0)
  }

  @Test func `the moving average starts from one and one`() {
    var scale = MovingAverageScale()
    #expect(scale.scale == 0.001)
    // state 0.9 + 1 = 1.9, sum 0.9 + 2 = 2.9.
    scale.observe(2)
    #expect(abs(scale.scale - 2.9 / 1.9) < 1e-6)
    // state 2.71, sum 2.61 + 4 = 6.61.
    scale.observe(4)
    #expect(abs(scale.scale - 6.61 / 2.71) < 1e-6)
  }

  @Test func `the range forgets what left the window`() {
    var scale = RangeScale(window: 3)
    var seen: [Float] = []
    for peak in [1, 5, 2, 3, 1, 1] as [Float] {
      scale.observe(peak)
      seen.append(scale.scale)
    }
    #expect(seen == [1, 5, 5, 5, 3, 3])
  }

  @Test func `the batch's scale has no memory`() {
    var scale = BatchScale()
    scale.observe(5)
    scale.observe(2)
    #expect(scale.scale == 2)
  }
}
