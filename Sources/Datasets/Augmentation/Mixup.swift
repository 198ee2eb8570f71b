internal import CImages

/// Blends two samples on a canvas that holds both, each object weighing its sample's share.
///
/// Mixup of Zhang and others 2018.
package struct Mixup: Sendable, Hashable {
  /// Both parameters of the Beta distribution that the share is drawn from.
  package var alpha: Double
  package var beta: Double
  /// Epochs from the start in which samples are mixed.
  package var epochs: Int

  package init(alpha: Double = 1.5, beta: Double = 1.5, epochs: Int = 250) {
    self.alpha = alpha
    self.beta = beta
    self.epochs = epochs
  }

  /// The first sample with a share of `share`, the second with the rest; each at the canvas' upper left, zeros beyond.
  package static func mix(_ first: Sample, _ second: Sample, share: Double) -> Sample {
    guard share < 1 else { return first }
    guard share > 0 else { return second }
    let size = PixelSize(
      width: max(first.picture.width, second.picture.width),
      height: max(first.picture.height, second.picture.height)
    )
    var canvas = first.picture.cropped(x: 0, y: 0, size: size)
    let other = second.picture.cropped(x: 0, y: 0, size: size)
    let count = Int64(canvas.bytes.count)
    unsafe espimg_blend(&canvas.bytes, other.bytes, count, Float(1 - share))
    func weighed(_ objects: [Sample.Object], _ share: Double) -> [Sample.Object] {
      objects.map { object in
        var object = object
        object.weight *= share
        return object
      }
    }
    return Sample(
      picture: canvas,
      objects: weighed(first.objects, share) + weighed(second.objects, 1 - share)
    )
  }
}
