internal import Glibc

/// Brightness, contrast, saturation and hue in random order, each with a probability (PaddleDetection 0.2's ColorDistort).
///
/// Two oddities are the benchmark's: its brightness adds 0.5 to 1.5 to bytes, practically nothing, and its hue turns
/// by up to 18 half turns. ``benchmark`` has both; ``moderate`` what was presumably meant. The whole chain is one
/// matrix and one pass; the original rounds once too, but lets bytes overflow where this cuts them.
package struct ColorDistort: SampleTransform {
  /// What is added to bytes.
  package var brightness: ClosedRange<Double>
  /// What bytes are multiplied by.
  package var contrast: ClosedRange<Double>
  package var saturation: ClosedRange<Double>
  /// In half turns of the YIQ plane.
  package var hue: ClosedRange<Double>
  /// Of each of the four.
  package var probability: Double

  package init(
    brightness: ClosedRange<Double>,
    contrast: ClosedRange<Double>,
    saturation: ClosedRange<Double>,
    hue: ClosedRange<Double>,
    probability: Double = 0.5
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
    self.probability = probability
  }

  package static let benchmark = ColorDistort(
    brightness: 0.5...1.5,
    contrast: 0.5...1.5,
    saturation: 0.5...1.5,
    hue: -18...18
  )

  package static let moderate = ColorDistort(
    brightness: -32...32,
    contrast: 0.5...1.5,
    saturation: 0.5...1.5,
    hue: -0.1...0.1
  )

  package func apply(to sample: inout Sample, _ random: inout SampleRandom) {
    matrix(&random).apply(to: &sample.picture)
  }

  /// The change that chance picks.
  package func matrix(_ random: inout SampleRandom) -> ColorMatrix {
    var matrix = ColorMatrix.identity
    for step in [0, 1, 2, 3].shuffled(using: &random) where random.happens(probability) {
      switch step {
      case 0: matrix = matrix.then(.adding(random.uniform(brightness)))
      case 1: matrix = matrix.then(.times(random.uniform(contrast)))
      case 2: matrix = matrix.then(.saturating(random.uniform(saturation)))
      default:
        let angle = random.uniform(hue) * Double.pi
        matrix = matrix.then(.turningHue((cos(angle), sin(angle))))
      }
    }
    return matrix
  }
}
