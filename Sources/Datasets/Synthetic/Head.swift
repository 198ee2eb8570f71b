internal import Glibc

/// A drawn head: a face, or what has a face's outline and colours and is none.
struct Head: Sendable {
  /// How eyes, nose and mouth lie.
  enum Kind: Sendable, CaseIterable {
    /// As in a face.
    case face
    /// Nowhere.
    case blank
    /// The mouth above the eyes.
    case upsideDown
    /// Turned by a quarter against the head.
    case sideways
    /// One eye in the middle.
    case oneEyed
    /// A mouth below, and nothing else.
    case eyeless
  }

  let kind: Kind
  let centerX: Double
  let centerY: Double
  /// Half of the width and of the height, before the head is turned.
  let halfWidth: Double
  let halfHeight: Double
  /// How far it is turned in the picture's plane, and to the side from -1 to 1.
  let angle: Double
  let yaw: Double
  let skin: [Double]
  let hair: [Double]?
  let lips: [Double]
  /// Where the light comes from.
  let light: Double
  /// How far the mouth is open, in halves of the height.
  let mouth: Double
  let hasGlasses: Bool

  /// Draws a head of any kind.
  ///
  /// - Parameters:
  ///   - kind: face or not.
  ///   - halfWidth: half of its width.
  ///   - size: of the picture that it is somewhere in.
  ///   - random: what it is drawn by.
  init(_ kind: Kind, halfWidth: Double, in size: PixelSize, _ random: inout SampleRandom) {
    self.kind = kind
    self.halfWidth = halfWidth
    halfHeight = halfWidth * random.uniform(1.15...1.45)
    centerX = random.uniform(0...Double(size.width))
    centerY = random.uniform(0...Double(size.height))
    angle = random.happens(0.2) ? random.uniform(-1...1) : 0.2 * random.normal()
    yaw = random.uniform(-1...1)
    // Skins from light to dark, each of its own warmth.
    let depth = random.unit()
    let warmth = random.uniform(-12...12)
    skin = zip([240.0, 205, 178], [72.0, 46, 34]).enumerated().map { channel, ends in
      ends.0 + (ends.1 - ends.0) * depth + warmth * Double(1 - channel)
    }
    let shade = random.uniform(15...190)
    let blond = random.uniform(0.5...1)
    hair =
      random.happens(0.8) ? [shade, shade * (0.5 + 0.5 * blond), shade * blond * 0.7] : nil
    lips = [skin[0] * 0.75, skin[1] * random.uniform(0.35...0.6), skin[2] * 0.5]
    light = random.uniform(0...2 * Double.pi)
    mouth = random.uniform(0.05...0.18)
    hasGlasses = random.happens(0.1)
  }

  /// The half sides of the upright box around the turned head.
  var reach: (x: Double, y: Double) {
    let (c, s) = (cos(angle), sin(angle))
    func side(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
    return (side(halfWidth * c, halfHeight * s), side(halfWidth * s, halfHeight * c))
  }

  /// Whether it is turned far from upright or from the front.
  var isTurned: Bool { abs(angle) > 0.5 || abs(yaw) > 0.75 }

  /// The hair behind it, where it has some.
  var back: Shape? {
    hair.map { hair in
      ellipse(0, -0.25, 1.13, 1.02, hair, second: hair.map { $0 * 0.6 }, quarter: false)
    }
  }

  /// The head without its parts.
  var outline: Shape {
    ellipse(0, 0, 1, 1, skin.map { $0 * 0.62 }, second: skin.map { $0 * 1.05 }, quarter: false)
  }

  /// What lies on it, from back to front.
  var parts: [Shape] {
    switch kind {
    case .blank: []
    case .face: eyes + [nose] + [lip] + glasses
    case .upsideDown, .sideways: eyes + [nose, lip]
    case .oneEyed: eye(0) + [nose, lip]
    case .eyeless: [lip]
    }
  }

  private var eyes: [Shape] { eye(-0.4) + eye(0.4) }

  private func eye(_ side: Double) -> [Shape] {
    let x = side + 0.22 * yaw
    return [
      ellipse(x, -0.34, 0.2, 0.045, hair ?? skin.map { $0 * 0.4 }),
      ellipse(x, -0.14, 0.17, 0.075, [225, 222, 215]),
      ellipse(x + 0.04 * yaw, -0.14, 0.09, 0.07, [30, 24, 22]),
    ]
  }

  private var nose: Shape {
    ellipse(0.34 * yaw, 0.14, 0.08, 0.16, skin.map { $0 * 0.55 }, opacity: 0.7)
  }

  private var lip: Shape { ellipse(0.2 * yaw, 0.5, 0.34, mouth, lips) }

  private var glasses: [Shape] {
    hasGlasses
      ? [-0.4, 0.4].map { ellipse($0 + 0.22 * yaw, -0.14, 0.3, 0.15, [18, 18, 22]) } : []
  }

  /// An ellipse in the head's own halves of width and height.
  private func ellipse(
    _ x: Double,
    _ y: Double,
    _ width: Double,
    _ height: Double,
    _ color: [Double],
    second: [Double]? = nil,
    opacity: Double = 1,
    quarter: Bool = true
  ) -> Shape {
    var (u, v) = (x, y)
    var (across, down) = (width * halfWidth, height * halfHeight)
    if kind == .upsideDown, quarter { v = -v }
    if kind == .sideways, quarter {
      (u, v) = (-0.9 * v, 0.9 * u)
      (across, down) = (down, across)
    }
    let (c, s) = (cos(angle), sin(angle))
    return Shape(
      kind: .ellipse,
      centerX: centerX + u * halfWidth * c - v * halfHeight * s,
      centerY: centerY + u * halfWidth * s + v * halfHeight * c,
      radius: max(0.3, across),
      angle: angle,
      color: color,
      second: second ?? color,
      frequency: 0,
      phase: light,
      lobes: 0,
      depth: 0,
      opacity: opacity,
      otherRadius: max(0.3, down)
    )
  }
}
