import Graphs

/// How a parameter starts before training.
public enum Initializer: Sendable, Hashable {
  /// The same everywhere.
  case constant(Float)
  /// Normal around 0 with this standard deviation.
  case normal(deviation: Float)
  /// Even over -limit ..< limit.
  case uniform(limit: Float)

  /// The benchmark framework's default for convolutions: N(0, √(2 / (k²·Cin))), with all of the input's channels
  /// whatever the groups.
  public static func normal(kernel: Int, channels: Int) -> Initializer {
    .normal(deviation: (2 / Float(kernel * kernel * channels)).squareRoot())
  }

  /// The even form of He and others, 2015 ("MSRA"): limit √(6 / fan-in), fan-in being the weights of one filter.
  public static func he(kernel: Int, channelsPerGroup: Int) -> Initializer {
    .uniform(limit: (6 / Float(kernel * kernel * channelsPerGroup)).squareRoot())
  }

  /// The `count` values that the parameter `name` starts with under `seed`.
  func values(count: Int, seed: UInt64, name: String) -> Bytes {
    let stream = RandomStream(seed: seed, name: name)
    switch self {
    case .constant(let value): return Bytes([Float](repeating: value, count: count))
    case .normal(let deviation): return filled(count) { stream.normals(block: $0) * deviation }
    case .uniform(let limit): return filled(count) { stream.uniforms(block: $0) * limit }
    }
  }

  /// Values made sixteen at a time.
  private func filled(_ count: Int, _ block: (Int) -> SIMD16<Float>) -> Bytes {
    let width = MemoryLayout<SIMD16<Float>>.size
    return unsafe Bytes(count: count * MemoryLayout<Float>.size) { memory in
      let whole = memory.count / width
      for index in 0..<whole {
        unsafe memory.storeBytes(of: block(index), toByteOffset: index * width, as: SIMD16.self)
      }
      let rest = block(whole)
      for (lane, offset) in stride(from: whole * width, to: memory.count, by: 4).enumerated() {
        unsafe memory.storeBytes(of: rest[lane], toByteOffset: offset, as: Float.self)
      }
    }
  }
}
