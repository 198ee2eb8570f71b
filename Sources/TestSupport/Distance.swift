/// How far numbers lie from those that are expected: the comparison of all tests, which no NaN passes.
public struct Distance: Sendable {
  /// The largest difference; infinite where counts differ, and where either is not a number.
  ///
  /// Infinities of one sign are equal.
  public let worst: Double
  /// The largest magnitude expected.
  public let scale: Double

  /// ``worst`` as a share of ``scale``, or of 1 where that is less.
  public var relative: Double { worst / max(1, scale) }

  /// Compares two lists, place by place.
  ///
  /// - Parameters:
  ///   - found: what was computed.
  ///   - expected: what is right.
  public init<Found: BinaryFloatingPoint, Expected: BinaryFloatingPoint>(
    of found: some Collection<Found>,
    from expected: some Collection<Expected>
  ) {
    var worst = found.count == expected.count ? 0 : Double.infinity
    var scale = 0.0
    for (a, b) in zip(found, expected) {
      let difference = Double(a) == Double(b) ? 0 : abs(Double(a) - Double(b))
      worst = difference.isNaN ? .infinity : max(worst, difference)
      scale = max(scale, abs(Double(b)))
    }
    self.worst = worst
    self.scale = scale
  }
}
