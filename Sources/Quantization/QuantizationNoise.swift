import Glibc
import Operators
package import PluginKit
package import Tensors

/// A signal and what was lost of it, as sums of squares.
package struct QuantizationNoise: Sendable, Hashable {
  package var signal: Double
  package var noise: Double

  package init(signal: Double = 0, noise: Double = 0) {
    self.signal = signal
    self.noise = noise
  }

  /// Whether all that was compared was numbers.
  package var isFinite: Bool { signal.isFinite && noise.isFinite }

  /// Ten times the decimal logarithm of signal by noise: infinite where nothing was lost, and minus infinity where what came out is no
  /// number.
  package var decibels: Double {
    guard isFinite else { return -.infinity }
    return noise > 0 ? 10 * log10(signal / noise) : .infinity
  }

  /// What is lost of a tensor by its own scale, by the histogram of its values.
  package init(
    of statistics: CalibrationStatistics,
    stored parameters: QuantizationParameters,
    as encoding: QuantizationEncoding
  ) {
    self.init()
    let scale = Double(parameters.scale)
    let low = Double(encoding.levels.lowerBound - parameters.zero)
    let high = Double(encoding.levels.upperBound - parameters.zero)
    for (value, count) in statistics.histogram.filled {
      let steps = min(max((value / scale).rounded(.toNearestOrEven), low), high)
      let error = value - steps * scale
      signal += value * value * Double(count)
      noise += error * error * Double(count)
    }
  }

  /// What is lost of values, element by element.
  ///
  /// - Parameters:
  ///   - found: the values as they came out.
  ///   - exact: as many, as they should be.
  package init(of found: Span<Float>, exact: Span<Float>) {
    precondition(found.count == exact.count, "values are compared one by one")
    typealias Lanes = SIMD8<Double>
    let width = Lanes.scalarCount
    let whole = found.count / width * width
    var (signals, noises) = (Lanes.zero, Lanes.zero)
    unsafe found.withUnsafeBytes { found in
      unsafe exact.withUnsafeBytes { exact in
        for place in stride(from: 0, to: whole, by: width) {
          let offset = place * MemoryLayout<Float>.size
          let known = Lanes(
            unsafe exact.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
          )
          let error =
            Lanes(unsafe found.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)) - known
          signals += known * known
          noises += error * error
        }
      }
    }
    (signal, noise) = (signals.sum(), noises.sum())
    for place in whole..<found.count {
      let (known, error) = (Double(exact[place]), Double(found[place]) - Double(exact[place]))
      signal += known * known
      noise += error * error
    }
  }

  /// What is lost of a tensor of the same shape, place by place.
  ///
  /// - Throws: `TensorError` where elements cannot be read.
  package init(of found: Tensor, exact: Tensor) throws {
    // In the order of memory, which must be one for both.
    let alike = found.isChannelsLast == exact.isChannelsLast
    let (found, exact) =
      alike
      ? (found, exact) : (try found.contiguous(), try exact.contiguous())
    self = try exact.withFloats { exact in
      try found.withFloats { QuantizationNoise(of: $0, exact: exact) }
    }
  }

  /// Two independent losses of the factors of a product: what the product loses, by shares.
  package static func product(
    _ a: QuantizationNoise,
    _ b: QuantizationNoise
  ) -> QuantizationNoise {
    guard a.isFinite, b.isFinite else { return QuantizationNoise(signal: 1, noise: .infinity) }
    guard a.signal > 0, b.signal > 0 else { return QuantizationNoise(signal: 1, noise: 0) }
    return QuantizationNoise(signal: 1, noise: a.noise / a.signal + b.noise / b.signal)
  }
}

/// What quantization costs one layer.
package struct LayerNoise: Sendable {
  package let name: String
  package let op: String
  /// By the weight's own rounding.
  package let weight: QuantizationNoise
  /// By the rounding of what the layer reads.
  package let input: QuantizationNoise
  package let inputName: String
  /// What the input's whole numbers cover.
  package let range: QuantizationRange
  /// How far the layer's result in the quantized network is from the float network's; nil where it was not measured.
  package var result: QuantizationNoise?

  /// What the layer by itself adds.
  package var own: QuantizationNoise { .product(weight, input) }
}
