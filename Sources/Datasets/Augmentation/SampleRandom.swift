internal import Glibc

/// Random numbers that depend only on what they are for: seed, round, sample and purpose.
///
/// The state is a hash of the four; draws are SplitMix64's (Steele, Lea, Flood 2014), so that no draw depends on what other
/// samples or transforms drew before.
package struct SampleRandom: Sendable, Hashable, RandomNumberGenerator {
  private var state: UInt64

  /// A stream of its own for a purpose of a sample in a round (an epoch or a step).
  package init(seed: UInt64, round: Int, sample: Int, purpose: UInt64) {
    // Multiplied between words, so that words that change places, or are equal, do not cancel.
    var state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
    for word in [UInt64(bitPattern: Int64(round)), UInt64(bitPattern: Int64(sample)), purpose] {
      state = Self.mix(state &* 0xD134_2543_DE82_EF95 &+ Self.mix(word &+ 0x9E37_79B9_7F4A_7C15))
    }
    self.state = state
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// A number from `range`, its upper end left out.
  package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  /// A number from 0 up to 1, 1 left out, in steps of 2^-53.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Whether something of this probability happens.
  package mutating func happens(_ probability: Double) -> Bool { unit() < probability }

  /// A whole number from 0 up to `count`, `count` left out; 0 where there is none.
  package mutating func index(below count: Int) -> Int {
    count <= 1 ? 0 : Int(next(upperBound: UInt64(count)))
  }

  /// A number of the normal distribution (Box and Muller 1958).
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * Double.pi * unit())
  }

  /// A number of Gamma(shape, 1) (Marsaglia and Tsang 2000).
  package mutating func gamma(_ shape: Double) -> Double {
    guard shape >= 1 else { return gamma(shape + 1) * pow(1 - unit(), 1 / shape) }
    let d = shape - 1 / 3.0
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      if log(1 - unit()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// A number of Beta(a, b).
  package mutating func beta(_ a: Double, _ b: Double) -> Double {
    let x = gamma(a)
    let y = gamma(b)
    return x / (x + y)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
