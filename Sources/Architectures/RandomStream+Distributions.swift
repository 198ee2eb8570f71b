extension RandomStream {
  /// Sixteen numbers spread evenly over [-1, 1).
  func uniforms(block: Int) -> SIMD16<Float> {
    let (high, low) = words(block: block)
    return SIMD16(lowHalf: fraction(high), highHalf: fraction(low)) * 2 - 1
  }

  /// Sixteen standard normal numbers, by Box and Muller (1958): an angle, and a radius of √(-2 ln u).
  func normals(block: Int) -> SIMD16<Float> {
    let (high, low) = words(block: block)
    var squared = -2 * logarithm(1 - fraction(high))
    squared.replace(with: 0, where: squared .< 0)
    let radius = squared.squareRoot()
    let (x, y) = pointOnCircle(low)
    return SIMD16(lowHalf: radius * x, highHalf: radius * y)
  }

  /// The low 23 bits as a number in [0, 1).
  private func fraction(_ bits: SIMD8<UInt32>) -> SIMD8<Float> {
    floats((bits & 0x007F_FFFF) | 0x3F80_0000) - 1
  }

  /// ln u for u in (0, 1]: u = 2^e·m, and ln m = ½ ln 2 + 2 artanh s with s = (m - √2)/(m + √2).
  private func logarithm(_ u: SIMD8<Float>) -> SIMD8<Float> {
    let pattern = unsafe unsafeBitCast(u, to: SIMD8<UInt32>.self)
    // 2^23 + k has the pattern 0x4B000000 | k: an integer becomes a float without a conversion.
    let exponent = floats((pattern &>> 23) | 0x4B00_0000) - (0x1p23 + 127)
    let mantissa = floats((pattern & 0x007F_FFFF) | 0x3F80_0000)
    let root: Float = 1.414_213_6
    let s = (mantissa - root) / (mantissa + root)
    let artanh = s * series(in: s * s, (1, 1 / 3, 1 / 5, 1 / 7, 1 / 9))
    return (exponent + 0.5) * 0.693_147_2 + 2 * artanh
  }

  /// A point on the unit circle: an angle within ±π/4 by Taylor's series, then a turn to one of the four quarters.
  private func pointOnCircle(_ bits: SIMD8<UInt32>) -> (SIMD8<Float>, SIMD8<Float>) {
    let angle = (fraction(bits) - 0.5) * 1.570_796_3
    let q = angle * angle
    let cosine = series(in: q, (1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320))
    let sine = angle * series(in: q, (1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880))
    let swapped = (bits & 0x8000_0000) .!= 0
    let sign = (bits & 0x4000_0000) &<< 1
    let x = cosine.replacing(with: sine, where: swapped)
    let y = sine.replacing(with: cosine, where: swapped)
    return (flipped(x, sign), flipped(y, sign))
  }

  /// c₀ + c₁q + c₂q² + c₃q³ + c₄q⁴.
  private func series(
    in q: SIMD8<Float>,
    _ c: (Float, Float, Float, Float, Float)
  ) -> SIMD8<Float> {
    var sum = q * c.4 + c.3
    sum = sum * q + c.2
    sum = sum * q + c.1
    return sum * q + c.0
  }

  private func flipped(_ value: SIMD8<Float>, _ sign: SIMD8<UInt32>) -> SIMD8<Float> {
    unsafe floats(unsafeBitCast(value, to: SIMD8<UInt32>.self) ^ sign)
  }

  private func floats(_ pattern: SIMD8<UInt32>) -> SIMD8<Float> {
    unsafe unsafeBitCast(pattern, to: SIMD8<Float>.self)
  }
}
