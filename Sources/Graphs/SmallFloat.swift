/// How the patterns of a float of at most 8 bits read as numbers.
///
/// The formats are ONNX's (its pages "Float stored in 8 bits" and "Float stored in 4 bits"), which took them from
/// arXiv:2209.05433, arXiv:2206.02915 and the OCP Microscaling Formats specification.
struct SmallFloat {
  let exponentBits: Int
  let fractionBits: Int
  let bias: Int
  let specials: Specials

  /// Which patterns are no finite numbers.
  enum Specials {
    /// None.
    case none
    /// As IEEE 754 has them: the largest exponent is infinity, and with a fraction NaN.
    case infinityAndNaN
    /// All bits but the sign set is NaN; no infinity.
    case allOnes
    /// The pattern of negative zero is NaN; no infinity, no negative zero.
    case negativeZero
  }

  /// The format of an element type; nil for those of more than 8 bits and for powers of two.
  init?(_ type: ElementType) {
    switch type {
    case .float8e4m3fn: self.init(4, 3, bias: 7, .allOnes)
    case .float8e4m3fnuz: self.init(4, 3, bias: 8, .negativeZero)
    case .float8e5m2: self.init(5, 2, bias: 15, .infinityAndNaN)
    case .float8e5m2fnuz: self.init(5, 2, bias: 16, .negativeZero)
    case .float4e2m1: self.init(2, 1, bias: 1, .none)
    default: return nil
    }
  }

  private init(_ exponentBits: Int, _ fractionBits: Int, bias: Int, _ specials: Specials) {
    self.exponentBits = exponentBits
    self.fractionBits = fractionBits
    self.bias = bias
    self.specials = specials
  }

  /// The number that a pattern stands for.
  func value(of pattern: UInt8) -> Float {
    let magnitude = Int(pattern) & (1 << (exponentBits + fractionBits) - 1)
    let isNegative = Int(pattern) >> (exponentBits + fractionBits) & 1 == 1
    let exponent = magnitude >> fractionBits
    let fraction = magnitude & (1 << fractionBits - 1)
    switch specials {
    case .allOnes where magnitude == 0x7F: return .nan
    case .negativeZero where isNegative && magnitude == 0: return .nan
    case .infinityAndNaN where exponent == 1 << exponentBits - 1:
      return fraction != 0 ? .nan : isNegative ? -.infinity : .infinity
    default: break
    }
    let significand = exponent == 0 ? fraction : fraction | 1 << fractionBits
    let scale = max(exponent, 1) - bias - fractionBits
    let value = Float(sign: .plus, exponent: scale, significand: Float(significand))
    return isNegative ? -value : value
  }

  /// The number that a pattern of float8e8m0 stands for: a power of two, or NaN.
  static func power(of pattern: UInt8) -> Float {
    pattern == 0xFF
      ? .nan : Float(sign: .plus, exponent: Int(pattern) - 127, significand: 1)
  }
}
