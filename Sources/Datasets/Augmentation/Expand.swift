/// Puts the picture at a random place of a larger canvas of one colour: SSD's zooming out.
package struct Expand: SampleTransform {
  /// The canvas' sides in those of the picture.
  package var ratio: ClosedRange<Double>
  package var fill: RGB
  package var probability: Double

  package init(ratio: ClosedRange<Double>, fill: RGB, probability: Double = 0.5) {
    self.ratio = ratio
    self.fill = fill
    self.probability = probability
  }

  /// YOLOv3's: up to four times, filled with ImageNet's mean (123.675, 116.28, 103.53 in bytes).
  package static let yolov3 = Expand(
    ratio: 1...4,
    fill: RGB(red: 123, green: 116, blue: 103)
  )

  package func apply(to sample: inout Sample, _ random: inout SampleRandom) {
    guard random.happens(probability) else { return }
    let ratio = random.uniform(ratio)
    let old = sample.picture.size
    let size = PixelSize(
      width: Int(Double(old.width) * ratio),
      height: Int(Double(old.height) * ratio)
    )
    guard size.width > old.width || size.height > old.height, Picture.allows(size) else { return }
    let x = random.index(below: size.width - old.width + 1)
    let y = random.index(below: size.height - old.height + 1)
    sample.picture = sample.picture.cropped(x: -x, y: -y, size: size, outside: fill)
    sample.move(by: (Double(x), Double(y)))
  }
}

extension Sample {
  /// Moves all boxes.
  mutating func move(by offset: (x: Double, y: Double)) {
    objects = objects.map { object in
      var moved = object
      moved.left += offset.x
      moved.right += offset.x
      moved.top += offset.y
      moved.bottom += offset.y
      return moved
    }
  }

  /// Cuts the sample to a rectangle; objects whose centre lies outside go, boxes are cut to the last pixels.
  mutating func crop(x: Int, y: Int, size: PixelSize, outside color: RGB = .black) {
    picture = picture.cropped(x: x, y: y, size: size, outside: color)
    cropObjects(x: x, y: y, size: size)
  }

  /// The boxes' part of a crop.
  mutating func cropObjects(x: Int, y: Int, size: PixelSize) {
    let (right, bottom) = (Double(x + size.width), Double(y + size.height))
    objects = objects.filter { object in
      (Double(x)..<right).contains(object.centerX) && (Double(y)..<bottom).contains(object.centerY)
    }
    move(by: (Double(-x), Double(-y)))
    let last = (x: Double(size.width - 1), y: Double(size.height - 1))
    objects = objects.map { object in
      var cut = object
      cut.left = min(max(0, object.left), last.x)
      cut.right = min(max(0, object.right), last.x)
      cut.top = min(max(0, object.top), last.y)
      cut.bottom = min(max(0, object.bottom), last.y)
      return cut
    }.filter { $0.width > 0 && $0.height > 0 }
  }
}

extension RGB {
  package static let black = RGB(red: 0, green: 0, blue: 0)
}
