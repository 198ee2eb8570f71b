internal import Glibc

/// Weights by which pixels of a row become those of another length: Lanczos' window of three lobes, widened where the row shrinks.
private struct LanczosWeights {
  /// The first pixel that counts, for each pixel made.
  private(set) var starts: [Int] = []
  /// Weights of fixed point from there on.
  private(set) var weights: [[Int32]] = []

  /// Bits behind the point; bytes times weights then fit 32.
  private static let bits: Int32 = 22
  /// What rounds a sum.
  static let half: Int32 = 1 << (bits - 1)

  /// A sum as a byte.
  static func byte(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(255, max(0, sum >> bits)))
  }

  init(from length: Int, to wanted: Int) {
    let scale = Double(length) / Double(wanted)
    let stretch = max(1, scale)
    let shrink = 1 / stretch
    let support = 3 * stretch
    for place in 0..<wanted {
      let center = (Double(place) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(length, Int(center + support + 0.5))
      let values = (start..<end).map { Self.window((Double($0) - center + 0.5) * shrink) }
      let sum = values.reduce(0, +)
      starts.append(start)
      weights.append(
        values.map { value in
          let share = sum == 0 ? value : value / sum
          return Int32((share * Double(1 << Self.bits)).rounded(.toNearestOrAwayFromZero))
        }
      )
    }
  }

  private static func window(_ x: Double) -> Double {
    func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x) }
    return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0
  }
}

extension Picture {
  /// The picture at another size by Lanczos' window, without aliasing, byte for byte as Pillow's `resize(…, LANCZOS)`.
  package func resizedByLanczos(to size: PixelSize) -> Picture {
    guard size != self.size, Self.allows(size) else { return self }
    let wide = width == size.width ? self : stretched(to: size.width)
    return wide.height == size.height ? wide : wide.heightened(to: size.height)
  }

  private func stretched(to wanted: Int) -> Picture {
    let rule = LanczosWeights(from: width, to: wanted)
    var result = [UInt8](repeating: 0, count: 3 * wanted * height)
    for row in 0..<height {
      let (from, to) = (3 * row * width, 3 * row * wanted)
      for column in 0..<wanted {
        var (red, green, blue) = (LanczosWeights.half, LanczosWeights.half, LanczosWeights.half)
        var place = from + 3 * rule.starts[column]
        for weight in rule.weights[column] {
          red &+= weight &* Int32(bytes[place])
          green &+= weight &* Int32(bytes[place + 1])
          blue &+= weight &* Int32(bytes[place + 2])
          place += 3
        }
        let made = to + 3 * column
        result[made] = LanczosWeights.byte(red)
        result[made + 1] = LanczosWeights.byte(green)
        result[made + 2] = LanczosWeights.byte(blue)
      }
    }
    return replaced(by: result, PixelSize(width: wanted, height: height))
  }

  private func heightened(to wanted: Int) -> Picture {
    let rule = LanczosWeights(from: height, to: wanted)
    let length = 3 * width
    var result = [UInt8](repeating: 0, count: length * wanted)
    var sums = [Int32](repeating: 0, count: length)
    for row in 0..<wanted {
      for place in 0..<length { sums[place] = LanczosWeights.half }
      for (offset, weight) in rule.weights[row].enumerated() {
        let from = (rule.starts[row] + offset) * length
        for place in 0..<length { sums[place] &+= weight &* Int32(bytes[from + place]) }
      }
      for place in 0..<length { result[row * length + place] = LanczosWeights.byte(sums[place]) }
    }
    return replaced(by: result, PixelSize(width: width, height: wanted))
  }

  private func replaced(by bytes: [UInt8], _ size: PixelSize) -> Picture {
    Picture(size: size, bytes: bytes) ?? self
  }
}
