internal import Glibc

extension SyntheticScene {
  /// Draws faces and what only looks like them over clutter; boxes are those of whole faces, cut to the picture.
  ///
  /// Widths are even over the logarithm, from 8 pixels to five sixteenths of the picture's shorter side.
  static func faces(_ size: PixelSize, seed: UInt64, number: Int) -> SyntheticScene {
    var canvas = Canvas(size: size)
    let key = Augmentation.Key(seed: seed, step: number, sample: 1)
    var random = key.random("faces")
    canvas.drawBackground(&random)
    drawClutter(12 + random.index(below: 14), on: &canvas, &random)
    let isCrowd = random.happens(0.3)
    let heads = heads(isCrowd: isCrowd, in: size, &random)
    var faces: [Head] = []
    // The small are far away: the large come later and hide them.
    for head in heads.sorted(by: { $0.halfWidth < $1.halfWidth }) {
      let mark: Canvas.Mark = head.kind == .face ? .object(faces.count) : .clutter
      if let back = head.back { canvas.draw(back, as: .clutter) }
      canvas.draw(head.outline, as: mark)
      for part in head.parts { canvas.draw(part, as: mark == .clutter ? .clutter : .detail) }
      if head.kind == .face { faces.append(head) }
      if random.happens(0.25) { hide(head, on: &canvas, &random) }
    }
    drawClutter(random.index(below: 4), on: &canvas, &random)
    let isDark = random.happens(0.2)
    let level = isDark ? random.uniform(0.25...0.5) : random.uniform(0.7...1.15)
    canvas.light((0..<3).map { _ in level * random.uniform(0.88...1.12) })
    let blur = random.happens(0.3) ? 1 + random.index(below: 2) : 0
    for _ in 0..<blur { canvas.blur() }
    canvas.addNoise(random.uniform(2...9), &random)
    let seen = canvas.visiblePixels(count: faces.count)
    return SyntheticScene(
      picture: canvas.picture,
      objects: zip(faces, seen).compactMap { object($0, pixels: $1, in: size) },
      event: isDark ? "Dark" : isCrowd ? "Crowd" : "Group",
      blur: blur,
      isDark: isDark
    )
  }

  /// A face as it is labelled; nil where nothing of it is seen.
  private static func object(_ face: Head, pixels: Int, in size: PixelSize) -> Object? {
    guard pixels > 0 else { return nil }
    let reach = face.reach
    let area = max(1, Double.pi * face.halfWidth * face.halfHeight)
    return Object(
      box: Sample.Object(
        left: max(0, (face.centerX - reach.x).rounded()),
        top: max(0, (face.centerY - reach.y).rounded()),
        right: min(Double(size.width - 1), (face.centerX + reach.x).rounded()),
        bottom: min(Double(size.height - 1), (face.centerY + reach.y).rounded()),
        category: 0
      ),
      visible: min(1, Double(pixels) / area),
      isTurned: face.isTurned
    )
  }

  /// Heads that hide each other in part at most; somewhat more than half of them are faces.
  private static func heads(
    isCrowd: Bool,
    in size: PixelSize,
    _ random: inout SampleRandom
  ) -> [Head] {
    let shorter = Double(min(size.width, size.height))
    let most = max(24, shorter * 5 / 16) / (isCrowd ? 3 : 1)
    // Pictures of no face at all are rare.
    let share = random.happens(0.04) ? 0 : 0.6
    var heads: [Head] = []
    for _ in 0..<(isCrowd ? 14 + random.index(below: 22) : 2 + random.index(below: 9)) {
      let width = 8 * exp(random.uniform(0...log(max(1.5, most / 8))))
      let kind: Head.Kind =
        random.happens(share)
        ? .face : Head.Kind.allCases[1 + random.index(below: Head.Kind.allCases.count - 1)]
      let head = Head(kind, halfWidth: width / 2, in: size, &random)
      let isFree = heads.allSatisfy { other in
        let (dx, dy) = (head.centerX - other.centerX, head.centerY - other.centerY)
        return (dx * dx + dy * dy).squareRoot() > 0.85 * (head.halfHeight + other.halfHeight)
      }
      if isFree { heads.append(head) }
    }
    return heads
  }

  private static func drawClutter(
    _ count: Int,
    on canvas: inout Canvas,
    _ random: inout SampleRandom
  ) {
    let kinds: [Shape.Kind] = [.stroke, .spot, .disc, .ring, .blob]
    for _ in 0..<count {
      let kind = kinds[random.index(below: kinds.count)]
      canvas.draw(.clutter(kind, in: canvas.size, &random), as: .clutter)
    }
  }

  /// A bar across a head, or a disc over a side of it.
  private static func hide(_ head: Head, on canvas: inout Canvas, _ random: inout SampleRandom) {
    let direction = random.uniform(0...2 * Double.pi)
    let distance = head.halfHeight * random.uniform(0.5...1.1)
    let color = Shape.anyColor(&random)
    canvas.draw(
      Shape(
        kind: random.happens(0.5) ? .bar : .disc,
        centerX: head.centerX + distance * cos(direction),
        centerY: head.centerY + distance * sin(direction),
        radius: head.halfWidth * random.uniform(0.5...0.95),
        angle: random.uniform(0...Double.pi),
        color: color,
        second: color.map { $0 * 0.7 },
        frequency: Double(1 + random.index(below: 3)),
        phase: 0,
        lobes: 0,
        depth: 0,
        opacity: 1
      ),
      as: .clutter
    )
  }
}
