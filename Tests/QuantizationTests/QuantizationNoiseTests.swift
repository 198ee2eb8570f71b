import Quantization
import Tensors
import Testing

struct QuantizationNoiseTests {
  @Test(arguments: [1, 7, 8, 11, 24])
  func `sums of squares count every element`(count: Int) {
    let exact = (1...count).map { Float($0) }
    let found = exact.map { $0 + ($0.truncatingRemainder(dividingBy: 2) == 0 ? 0.5 : -0.25) }
    let noise = QuantizationNoise(of: found.span, exact: exact.span)
    let (even, odd) = (count / 2, count - count / 2)
    #expect(noise.signal == Double(count * (count + 1) * (2 * count + 1) / 6))
    #expect(noise.noise == Double(even) * 0.25 + Double(odd) * 0.0625)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], [0, 3, 10])
  func `what is no number is the greatest loss, not none`(value: Float, place: Int) {
    var found = [Float](repeating: 1, count: 11)
    let exact = found
    #expect(QuantizationNoise(of: found.span, exact: exact.span).decibels == .infinity)
    found[place] = value
    let noise = QuantizationNoise(of: found.span, exact: exact.span)
    #expect(!noise.isFinite)
    #expect(noise.decibels == -.infinity)
    // Beside a factor that loses nothing, too.
    let product = QuantizationNoise.product(noise, QuantizationNoise(signal: 1, noise: 0))
    #expect(product.decibels == -.infinity)
    #expect([noise.decibels, 12, .infinity].min() == -.infinity)
  }

  @Test func `values are compared place by place, however they lie in memory`() throws {
    let shape = [1, 3, 2, 4]
    let exact = try Tensor((0..<24).map { Float($0) }, shape: shape)
    let off = try Tensor((0..<24).map { Float($0) + ($0 == 5 ? 0.5 : 0) }, shape: shape)
    for found in [off, try ATen.one("contiguous", off, MemoryFormat.channelsLast)] {
      for known in [exact, try ATen.one("contiguous", exact, MemoryFormat.channelsLast)] {
        let noise = try QuantizationNoise(of: found, exact: known)
        #expect(noise == QuantizationNoise(signal: 4324, noise: 0.25))
      }
    }
  }
}
