internal import Glibc

extension SyntheticScene {
  /// Draws textured objects over clutter; boxes are those of the pixels that can be seen.
  static func shapes(_ size: PixelSize, seed: UInt64, number: Int) -> SyntheticScene {
    var canvas = Canvas(size: size)
    let key = Augmentation.Key(seed: seed, step: number, sample: 0)
    var random = key.random("scene")
    canvas.drawBackground(&random)
    for _ in 0..<6 + random.index(below: 10) {
      canvas.draw(.clutter(random.happens(0.5) ? .stroke : .spot, in: size, &random), as: .clutter)
    }
    var shapes: [Shape] = []
    for _ in 0..<2 + random.index(below: 6) {
      let shape = Self.object(in: size, &random)
      guard Self.isFree(shape, among: shapes) else { continue }
      canvas.draw(shape, as: .object(shapes.count))
      shapes.append(shape)
    }
    // A few strokes in front hide parts.
    for _ in 0..<random.index(below: 4) {
      canvas.draw(.clutter(.stroke, in: size, &random), as: .clutter)
    }
    canvas.addNoise(random.uniform(2...10), &random)
    let seen = canvas.seen(count: shapes.count)
    var objects: [Object] = []
    for (shape, part) in zip(shapes, seen) {
      guard let part, part.share > 0.25, part.box.width >= 4, part.box.height >= 4 else { continue }
      var box = part.box
      box.category = SyntheticKind.shapes.classes.firstIndex(of: "\(shape.kind)") ?? 0
      objects.append(Object(box: box, visible: part.share))
    }
    return SyntheticScene(picture: canvas.picture, objects: objects)
  }

  /// A new object may hide part of others, not most of one, nor lie in the middle of one.
  private static func isFree(_ shape: Shape, among others: [Shape]) -> Bool {
    others.allSatisfy { other in
      let (dx, dy) = (shape.centerX - other.centerX, shape.centerY - other.centerY)
      let distance = (dx * dx + dy * dy).squareRoot()
      return distance > 0.7 * (shape.radius + other.radius)
    }
  }

  private static func object(in size: PixelSize, _ random: inout SampleRandom) -> Shape {
    let kinds: [Shape.Kind] = [.bar, .blob, .disc, .ring]
    let kind = kinds[random.index(below: kinds.count)]
    let shorter = Double(min(size.width, size.height))
    // Even over the logarithm, from a twentieth to three tenths of the picture: sixfold.
    let radius = shorter / 20 * exp(random.uniform(0...log(6)))
    return Shape(
      kind: kind,
      centerX: random.uniform(0...Double(size.width)),
      centerY: random.uniform(0...Double(size.height)),
      radius: radius,
      angle: random.uniform(0...Double.pi),
      color: color(of: kind, &random),
      second: Shape.anyColor(&random),
      frequency: Double(2 + random.index(below: 3)),
      phase: random.uniform(0...2 * Double.pi),
      lobes: 3 + random.index(below: 3),
      depth: random.uniform(0.15...0.25),
      opacity: random.uniform(0.75...1)
    )
  }

  /// As with real things, a class has colours of its own, within a range.
  private static func color(of kind: Shape.Kind, _ random: inout SampleRandom) -> [Double] {
    let usual: [Double] =
      switch kind {
      case .bar: [60, 80, 190]
      case .blob: [70, 170, 70]
      case .disc: [190, 70, 60]
      default: [200, 180, 60]
      }
    return usual.map { $0 + random.uniform(-45...45) }
  }
}
