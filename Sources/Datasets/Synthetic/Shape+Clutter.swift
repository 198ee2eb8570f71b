extension Shape {
  /// A thing of no class, anywhere in a picture.
  static func clutter(
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
      color: anyColor(&random),
      second: anyColor(&random),
      frequency: random.uniform(0.5...6),
      phase: random.uniform(0...2 * Double.pi),
      lobes: 0,
      depth: 0,
      opacity: kind == .stroke ? random.uniform(0.5...1) : random.uniform(0.1...0.3)
    )
  }

  /// Any colour but for the darkest and the brightest.
  static func anyColor(_ random: inout SampleRandom) -> [Double] {
    (0..<3).map { _ in random.uniform(20...235) }
  }
}
