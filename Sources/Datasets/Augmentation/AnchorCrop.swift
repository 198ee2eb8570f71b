internal import Glibc

/// PyramidBox's data-anchor sampling with square random crops beside it, as BlazeFace is trained.
///
/// From Tang and others 2018, as PaddleDetection 0.2 does it.
/// Half of the time a face is picked and the crop is chosen so that the face gets one of the scales in the result;
/// else a square crop that holds some face whole.
package struct AnchorCrop: SampleTransform {
  /// Sides of faces, in pixels of the result, to draw from.
  package var scales: [Double]
  /// The result's side.
  package var side: Int
  package var probability: Double
  /// Faces below this side in the result go.
  package var leastSide: Double
  package var tries: Int

  package init(
    scales: [Double] = [16, 32, 64, 128],
    side: Int = 640,
    probability: Double = 0.5,
    leastSide: Double = 8,
    tries: Int = 50
  ) {
    self.scales = scales
    self.side = side
    self.probability = probability
    self.leastSide = leastSide
    self.tries = tries
  }

  package func apply(to sample: inout Sample, _ random: inout SampleRandom) {
    guard !sample.objects.isEmpty else { return }
    if random.happens(probability) {
      sampleAnchor(&sample, &random)
    } else {
      cropSquare(&sample, &random)
    }
    let share = Double(side)
    let size = sample.picture.size
    sample.objects.removeAll { object in
      object.width * share / Double(size.width) < leastSide
        || object.height * share / Double(size.height) < leastSide
    }
  }

  /// The side that a face of this size should get: drawn around a scale at most one step above its own.
  package func target(for face: Double, _ random: inout SampleRandom) -> Double {
    let own = scales.firstIndex { face <= $0 } ?? scales.count - 1
    let pick = random.index(below: min(own + 1, scales.count - 1) + 1)
    let scale = scales[pick]
    let most = pick == scales.count - 1 ? max(scale / 2, min(2 * scale, 2 * face)) : 2 * scale
    return random.uniform(scale / 2...max(scale / 2, most))
  }

  private func sampleAnchor(_ sample: inout Sample, _ random: inout SampleRandom) {
    let face = sample.objects[random.index(below: sample.objects.count)]
    let own = (face.width * face.height).squareRoot()
    let goal = target(for: own, &random)
    let length = Int((face.width * Double(side) / goal).rounded())
    guard length >= 2, length <= 16 * max(sample.picture.width, sample.picture.height, side) else {
      return
    }
    for _ in 0..<10 {
      let x = place(
        start: face.left,
        length: face.width,
        crop: length,
        sample.picture.width,
        &random
      )
      let y = place(
        start: face.top,
        length: face.height,
        crop: length,
        sample.picture.height,
        &random
      )
      let area = Sample.Object(
        left: Double(x),
        top: Double(y),
        right: Double(x + length),
        bottom: Double(y + length),
        category: 0
      )
      guard area.coverage(of: face) >= 0.2 else { continue }
      // Resized at once: a small face makes a crop far larger than the picture, which is never needed at that size.
      sample.crop(x: x, y: y, length: length, resizedTo: side)
      return
    }
  }

  /// A start for the crop so that it meets the face, inside the picture where it is smaller than that.
  private func place(
    start: Double,
    length: Double,
    crop: Int,
    _ whole: Int,
    _ random: inout SampleRandom
  ) -> Int {
    let crop = Double(crop)
    guard crop < Double(max(whole, side)) else {
      return Int(
        random.uniform((Double(whole) - crop).rounded(.down)...max(0, Double(whole) - crop))
      )
    }
    let (low, high) =
      length <= crop ? (start + length - crop, start) : (start, start + length - crop)
    return Int(random.uniform(low.rounded(.down)...max(low.rounded(.down), high)))
  }

  private func cropSquare(_ sample: inout Sample, _ random: inout SampleRandom) {
    var crops: [(x: Int, y: Int, length: Int)] = []
    let size = sample.picture.size
    let shorter = min(size.width, size.height)
    for round in 0..<5 {
      for _ in 0..<tries {
        let scale = round == 0 ? 1 : random.uniform(0.3...1)
        let length = max(2, Int(Double(shorter) * scale))
        let x = random.index(below: size.width - length + 1)
        let y = random.index(below: size.height - length + 1)
        let area = Sample.Object(
          left: Double(x),
          top: Double(y),
          right: Double(x + length),
          bottom: Double(y + length),
          category: 0
        )
        guard sample.objects.contains(where: { area.coverage(of: $0) >= 1 }) else { continue }
        crops.append((x, y, length))
        break
      }
    }
    guard !crops.isEmpty else { return }
    let crop = crops[random.index(below: crops.count)]
    sample.crop(
      x: crop.x,
      y: crop.y,
      size: PixelSize(width: crop.length, height: crop.length)
    )
  }
}

extension Sample.Object {
  /// The share of another box that this one covers.
  func coverage(of other: Sample.Object) -> Double {
    let shared =
      max(0, min(right, other.right) - max(left, other.left))
      * max(0, min(bottom, other.bottom) - max(top, other.top))
    let area = other.width * other.height
    return area > 0 ? shared / area : 0
  }
}

extension Sample {
  /// Cuts out a square and brings it to a side, zeros where it leaves the picture, in steps that stay small.
  mutating func crop(x: Int, y: Int, length: Int, resizedTo side: Int) {
    let scale = Double(side) / Double(length)
    let (left, top) = (max(0, x), max(0, y))
    let inside = PixelSize(
      width: min(picture.width, x + length) - left,
      height: min(picture.height, y + length) - top
    )
    guard inside.width > 0, inside.height > 0 else { return }
    var boxes = Sample(
      picture: Picture(size: PixelSize(width: 1, height: 1), color: .black),
      objects: objects
    )
    let frame = PixelSize(width: length, height: length)
    boxes.cropObjects(x: x, y: y, size: frame)
    let part = picture.cropped(x: left, y: top, size: inside)
    let small = PixelSize(
      width: min(side, max(1, Int((Double(inside.width) * scale).rounded()))),
      height: min(side, max(1, Int((Double(inside.height) * scale).rounded())))
    )
    let offset = (
      x: Int((Double(left - x) * scale).rounded()), y: Int((Double(top - y) * scale).rounded())
    )
    picture = part.resized(to: small, .area).cropped(
      x: -offset.x,
      y: -offset.y,
      size: PixelSize(width: side, height: side)
    )
    objects = boxes.objects.map { object in
      var object = object
      object.left *= scale
      object.right *= scale
      object.top *= scale
      object.bottom *= scale
      return object
    }
  }
}
