internal import Glibc

/// A drawn picture with textured objects over clutter, and the boxes of what can be seen of them.
package struct SyntheticScene: Sendable {
  package static let classes = ["bar", "blob", "disc", "ring"]

  package let picture: Picture
  /// Boxes of the visible pixels; `weight` is 1.
  package let objects: [Sample.Object]
  /// Of each object, whether less than half of it can be seen.
  package let isDifficult: [Bool]

  /// Draws a scene; the same seed and number give the same bytes.
  package init(size: PixelSize, seed: UInt64, number: Int) {
    var canvas = Canvas(size: size)
    let key = Augmentation.Key(seed: seed, step: number, sample: 0)
    var random = key.random("scene")
    canvas.drawBackground(&random)
    for _ in 0..<6 + random.index(below: 10) {
      let kind: Shape.Kind = random.happens(0.5) ? .stroke : .spot
      canvas.draw(Self.clutter(kind, in: size, &random), owner: nil)
    }
    var shapes: [Shape] = []
    for _ in 0..<2 + random.index(below: 6) {
      let shape = Self.object(in: size, &random)
      guard Self.isFree(shape, among: shapes) else { continue }
      canvas.draw(shape, owner: shapes.count)
      shapes.append(shape)
    }
    // A few strokes in front hide parts.
    for _ in 0..<random.index(below: 4) {
      canvas.draw(Self.clutter(.stroke, in: size, &random), owner: nil)
    }
    canvas.addNoise(random.uniform(2...10), &random)
    picture = canvas.picture
    let seen = canvas.seen(count: shapes.count)
    var objects: [Sample.Object] = []
    var isDifficult: [Bool] = []
    for (shape, part) in zip(shapes, seen) {
      guard let part, part.share > 0.25, part.box.width >= 4, part.box.height >= 4 else { continue }
      var box = part.box
      box.category = Self.classes.firstIndex(of: "\(shape.kind)") ?? 0
      objects.append(box)
      isDifficult.append(part.share < 0.5)
    }
    self.objects = objects
    self.isDifficult = isDifficult
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
      second: color(&random),
      frequency: Double(2 + random.index(below: 3)),
      phase: random.uniform(0...2 * Double.pi),
      lobes: 3 + random.index(below: 3),
      depth: random.uniform(0.15...0.25),
      opacity: random.uniform(0.75...1)
    )
  }

  private static func clutter(
    _ kind: Shape.Kind,
    in size: PixelSize,
    _ random: inout SampleRandom
  ) -> Shape {
    let shorter = Double(min(size.width, size.height))
    return Shape(
      kind: kind,
      centerX: random.uniform(0...Double(size.width)),
      centerY: random.uniform(0...Double(size.height)),
      radius: kind == .stroke
        ? random.uniform(shorter / 10...shorter / 2) : random.uniform(shorter / 60...shorter / 6),
      angle: random.uniform(0...Double.pi),
      color: color(&random),
      second: color(&random),
      frequency: random.uniform(0.5...6),
      phase: random.uniform(0...2 * Double.pi),
      lobes: 0,
      depth: 0,
      opacity: kind == .stroke ? random.uniform(0.5...1) : random.uniform(0.1...0.3)
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

  private static func color(_ random: inout SampleRandom) -> [Double] {
    (0..<3).map { _ in random.uniform(20...235) }
  }
}
