/// Random numbers by position: each depends on the seed, the stream's name and its place, on nothing drawn before.
///
/// SplitMix64 (Steele, Lea, Flood 2014) read as a function of its counter. All arithmetic is integer or single
/// correctly rounded float operations, so that every machine makes the same bits.
struct RandomStream: Sendable {
  private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
  private let key: UInt64

  /// The stream of a name, such as a tensor's, under a seed.
  init(seed: UInt64, name: String) {
    // FNV-1a tells the names apart; mixing keeps streams of neighbouring seeds far from each other.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    key = Self.mixed(hash ^ Self.mixed(seed &+ Self.golden))
  }

  /// The 64 bits at a position.
  subscript(position: Int) -> UInt64 {
    Self.mixed(key &+ UInt64(truncatingIfNeeded: position &+ 1) &* Self.golden)
  }

  /// Two lots of 32 bits for each of eight positions.
  func words(block: Int) -> (SIMD8<UInt32>, SIMD8<UInt32>) {
    var high = SIMD8<UInt32>()
    var low = SIMD8<UInt32>()
    for lane in 0..<8 {
      let bits = self[block &* 8 &+ lane]
      high[lane] = UInt32(truncatingIfNeeded: bits >> 32)
      low[lane] = UInt32(truncatingIfNeeded: bits)
    }
    return (high, low)
  }

  private static func mixed(_ bits: UInt64) -> UInt64 {
    var z = bits
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
