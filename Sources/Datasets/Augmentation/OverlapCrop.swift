/// Crops to a rectangle that overlaps some object enough.
///
/// SSD's crop (Liu and others 2016), as PaddleDetection 0.2 draws it.
package struct OverlapCrop: SampleTransform {
  /// Least overlaps (shares of the union) of which one is asked for; none is the choice not to crop.
  package var thresholds: [Double]
  /// Whether not to crop is among the choices.
  package var allowsNoCrop: Bool
  /// The rectangle's size as a share of the picture's.
  package var scale: ClosedRange<Double>
  /// The width's share over the height's.
  package var aspect: ClosedRange<Double>
  package var tries: Int

  package init(
    thresholds: [Double] = [0, 0.1, 0.3, 0.5, 0.7, 0.9],
    allowsNoCrop: Bool = true,
    scale: ClosedRange<Double> = 0.3...1,
    aspect: ClosedRange<Double> = 0.5...2,
    tries: Int = 50
  ) {
    self.thresholds = thresholds
    self.allowsNoCrop = allowsNoCrop
    self.scale = scale
    self.aspect = aspect
    self.tries = tries
  }

  package static let yolov3 = OverlapCrop()

  package func apply(to sample: inout Sample, _ random: inout SampleRandom) {
    guard !sample.objects.isEmpty else { return }
    var choices = thresholds.map(Optional.some)
    if allowsNoCrop { choices.append(nil) }
    for choice in choices.shuffled(using: &random) {
      guard let threshold = choice else { return }
      for _ in 0..<tries {
        guard let (x, y, size) = rectangle(in: sample.picture.size, &random) else { continue }
        let area = Sample.Object(
          left: Double(x),
          top: Double(y),
          right: Double(x + size.width),
          bottom: Double(y + size.height),
          category: 0
        )
        let overlap = sample.objects.map(area.overlap(with:)).max() ?? 0
        guard overlap >= threshold else { continue }
        var cropped = sample
        // Boxes first: pixels are only copied for a rectangle that is taken.
        guard sample.objects.contains(where: { area.holdsCenter(of: $0) }) else { continue }
        cropped.crop(x: x, y: y, size: size)
        guard !cropped.objects.isEmpty else { continue }
        sample = cropped
        return
      }
    }
  }

  private func rectangle(
    in size: PixelSize,
    _ random: inout SampleRandom
  ) -> (Int, Int, PixelSize)? {
    let scale = random.uniform(scale)
    let least = max(aspect.lowerBound, scale * scale)
    let most = min(aspect.upperBound, 1 / (scale * scale))
    guard least <= most else { return nil }
    let root = random.uniform(least...most).squareRoot()
    let width = min(size.width, Int(Double(size.width) * scale * root))
    let height = min(size.height, Int(Double(size.height) * scale / root))
    guard width >= 2, height >= 2 else { return nil }
    let x = random.index(below: size.width - width + 1)
    let y = random.index(below: size.height - height + 1)
    return (x, y, PixelSize(width: width, height: height))
  }
}

extension Sample.Object {
  /// Whether another box's centre lies in this one.
  func holdsCenter(of other: Sample.Object) -> Bool {
    (left..<right).contains(other.centerX) && (top..<bottom).contains(other.centerY)
  }
}
