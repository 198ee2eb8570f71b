/// Mirrors the picture and its boxes with a probability.
package struct Flip: SampleTransform {
  package var axis: Picture.Mirror
  package var probability: Double

  package init(_ axis: Picture.Mirror, probability: Double = 0.5) {
    self.axis = axis
    self.probability = probability
  }

  package func apply(to sample: inout Sample, _ random: inout SampleRandom) {
    guard random.happens(probability) else { return }
    let lastColumn = Double(sample.picture.width - 1)
    let lastRow = Double(sample.picture.height - 1)
    sample.picture = sample.picture.mirrored(axis)
    sample.objects = sample.objects.map { object in
      var moved = object
      switch axis {
      case .leftRight:
        (moved.left, moved.right) = (lastColumn - object.right, lastColumn - object.left)
      case .topBottom: (moved.top, moved.bottom) = (lastRow - object.bottom, lastRow - object.top)
      case .diagonal:
        (moved.left, moved.top) = (object.top, object.left)
        (moved.right, moved.bottom) = (object.bottom, object.right)
      }
      return moved
    }
  }
}
