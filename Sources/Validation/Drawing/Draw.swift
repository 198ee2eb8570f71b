/// Numbers drawn from a seed: SplitMix64.
struct Draw: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// About the standard normal distribution: the sum of twelve even draws.
  mutating func normal() -> Float {
    var sum: Float = -6
    for _ in 0..<12 { sum += Float.random(in: 0..<1, using: &self) }
    return sum
  }

  /// One of some values.
  mutating func pick<T>(_ values: [T]) -> T {
    values[Int.random(in: 0..<values.count, using: &self)]
  }

  /// The seed of a case of a check: the same for the same names.
  static func seed(_ base: UInt64, _ name: String, _ index: Int) -> UInt64 {
    var mixed = base
    for byte in name.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    var draw = Draw(mixed &+ UInt64(bitPattern: Int64(index)))
    // Numbers that a command line and JSON hold exactly.
    return draw.next() >> 12
  }
}
