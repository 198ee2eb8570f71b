internal import CImages

/// Brightness, contrast, colour and hue in random order, each with a probability, in Pillow's arithmetic (BlazeFace's).
package struct Enhance: SampleTransform {
  package var brightness: ClosedRange<Double>
  package var contrast: ClosedRange<Double>
  package var saturation: ClosedRange<Double>
  /// In 255ths of a turn of the HSV circle.
  package var hue: ClosedRange<Double>
  /// Of each of the four.
  package var probability: Double

  package init(
    brightness: ClosedRange<Double> = 0.875...1.125,
    contrast: ClosedRange<Double> = 0.5...1.5,
    saturation: ClosedRange<Double> = 0.5...1.5,
    hue: ClosedRange<Double> = -18...18,
    probability: Double = 0.5
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
    self.probability = probability
  }

  package func apply(to sample: inout Sample, _ random: inout SampleRandom) {
    for step in [0, 1, 2, 3].shuffled(using: &random) where random.happens(probability) {
      switch step {
      case 0: sample.picture.enhance(.brightness, by: random.uniform(brightness))
      case 1: sample.picture.enhance(.contrast, by: random.uniform(contrast))
      case 2: sample.picture.enhance(.color, by: random.uniform(saturation))
      default: sample.picture.shiftHue(by: Int(random.uniform(hue)))
      }
    }
  }
}

extension Picture {
  /// Pillow's enhancers: what a pixel is moved from.
  package enum Enhancement: Int32, Sendable, Hashable, CaseIterable {
    /// From black.
    case brightness = 0
    /// From the picture's mean grey.
    case contrast = 1
    /// From the pixel's own grey.
    case color = 2
  }

  /// Moves each pixel towards (below 1) or beyond (above 1) itself, as Pillow's `ImageEnhance` does.
  package mutating func enhance(_ kind: Enhancement, by factor: Double) {
    let count = Int64(pixelCount)
    unsafe espimg_enhance(&bytes, count, kind.rawValue, Float(factor))
  }

  /// Moves the hue in 255ths of a turn, by way of Pillow's 8-bit HSV.
  package mutating func shiftHue(by delta: Int) {
    let count = Int64(pixelCount)
    unsafe espimg_shift_hue(&bytes, count, Int32(truncatingIfNeeded: delta))
  }
}
