/// Contrast and brightness in one step: bytes times one number plus another, the same for all channels.
package struct Brightness: SampleTransform {
  package var factor: ClosedRange<Double>
  package var offset: ClosedRange<Double>
  package var probability: Double

  package init(
    factor: ClosedRange<Double> = 0.8...1.2,
    offset: ClosedRange<Double> = -20...20,
    probability: Double = 1
  ) {
    self.factor = factor
    self.offset = offset
    self.probability = probability
  }

  package func apply(to sample: inout Sample, _ random: inout SampleRandom) {
    guard random.happens(probability) else { return }
    let factor = random.uniform(factor)
    ColorMatrix.times(factor).then(.adding(random.uniform(offset))).apply(to: &sample.picture)
  }
}
