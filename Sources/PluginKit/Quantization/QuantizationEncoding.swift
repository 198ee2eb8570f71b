/// The whole numbers that a tensor is stored as, and where its zero lies.
public struct QuantizationEncoding: Sendable, Hashable, Codable {
  /// Whether the numbers have a sign: int8, else uint8.
  public var isSigned: Bool
  /// Whether zero lies in the middle; the lowest number is not used then.
  public var isSymmetric: Bool

  /// An encoding in 8 bits.
  public init(isSigned: Bool, isSymmetric: Bool) {
    self.isSigned = isSigned
    self.isSymmetric = isSymmetric
  }

  /// −127 to 127 around 0, as weights have it, and the benchmark's activations.
  public static let symmetricInt8 = QuantizationEncoding(isSigned: true, isSymmetric: true)
  /// −128 to 127 around any zero.
  public static let affineInt8 = QuantizationEncoding(isSigned: true, isSymmetric: false)
  /// 0 to 255 around any zero.
  public static let affineUInt8 = QuantizationEncoding(isSigned: false, isSymmetric: false)

  /// The numbers used.
  public var levels: ClosedRange<Int> {
    switch (isSigned, isSymmetric) {
    case (true, true): -127...127
    case (true, false): -128...127
    case (false, true): 1...255
    case (false, false): 0...255
    }
  }

  /// Scale and zero point with which the numbers cover a range, zero included exactly.
  ///
  /// A range of nothing but zero gets the scale 1.
  ///
  /// - Parameter range: The values that are to be told apart; what is outside is clipped.
  /// - Returns: The scale and zero point.
  public func parameters(covering range: QuantizationRange) -> QuantizationParameters {
    let low = min(0, range.low)
    let high = max(0, range.high)
    let levels = levels
    if isSymmetric {
      let zero = isSigned ? 0 : 128
      let scale = Self.scale(max(-low, high), 127)
      return QuantizationParameters(scale: finite(scale, zero), zero: zero)
    }
    let scale = Self.scale(high - low, Double(levels.upperBound - levels.lowerBound))
    let place = Double(levels.lowerBound) - low / Double(scale)
    let rounded = Int(place.rounded(.toNearestOrEven))
    let zero = min(max(rounded, levels.lowerBound), levels.upperBound)
    return QuantizationParameters(scale: finite(scale, zero), zero: zero)
  }

  /// The scale, or the greatest below it with which every number stands for a finite value.
  private func finite(_ scale: Float, _ zero: Int) -> Float {
    let most = Float(max(levels.upperBound - zero, zero - levels.lowerBound))
    return (scale * most).isFinite
      ? scale : min(scale, Float.greatestFiniteMagnitude / most).nextDown
  }

  private static func scale(_ length: Double, _ steps: Double) -> Float {
    // A channel of zeros would have the scale 0, by which nothing can be divided.
    guard length > 0, length.isFinite else { return 1 }
    return max(Float(length / steps), .leastNormalMagnitude)
  }
}

/// The values that a tensor's whole numbers stand for: from `low` to `high`.
public struct QuantizationRange: Sendable, Hashable, Codable {
  /// The least value that is not clipped.
  public var low: Double
  /// The greatest value that is not clipped.
  public var high: Double

  /// A range.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// From −magnitude to magnitude.
  public init(magnitude: Double) { self.init(low: -magnitude, high: magnitude) }
}

/// What a whole number q stands for: (q − zero) · scale.
public struct QuantizationParameters: Sendable, Hashable, Codable {
  /// The size of one step.
  public var scale: Float
  /// The number that stands for 0.
  public var zero: Int

  /// A scale and a zero point.
  public init(scale: Float, zero: Int) {
    self.scale = scale
    self.zero = zero
  }

  /// The number that a value is stored as, halves to even as ONNX rounds.
  public func stored(_ value: Float, _ levels: ClosedRange<Int>) -> Int {
    let steps = (value / scale).rounded(.toNearestOrEven)
    // Limits first: what is far out of range has no Int.
    let low = Float(levels.lowerBound - zero)
    let high = Float(levels.upperBound - zero)
    return Int(min(max(steps, low), high)) + zero
  }

  /// The value that a number stands for.
  public func value(_ number: Int) -> Float { Float(number - zero) * scale }
}
