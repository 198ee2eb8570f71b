/// Which numbers a strategy meets.
enum ValueKind: String, Sendable, CaseIterable {
  case normal, zeros, constant, denormal, huge
  /// Among normal numbers some that are infinite or no numbers.
  case poisoned

  /// Numbers that a trained network may hold.
  static let usual: [ValueKind] = [.normal, .zeros, .constant, .denormal]

  func values(_ count: Int, _ draw: inout Draw) -> [Float] {
    switch self {
    case .zeros: return [Float](repeating: 0, count: count)
    case .constant: return [Float](repeating: 0.25, count: count)
    default: break
    }
    var values = [Float](repeating: 0, count: count)
    for index in values.indices {
      let value = draw.normal()
      switch self {
      case .denormal: values[index] = value * .leastNonzeroMagnitude * 65536
      case .huge: values[index] = value * 1e18
      case .poisoned:
        let kind = UInt8.random(in: 0..<16, using: &draw)
        values[index] = kind == 0 ? .nan : kind == 1 ? .infinity : kind == 2 ? -.infinity : value
      default: values[index] = value
      }
    }
    return values
  }
}

/// What a strategy is run on.
struct Inputs: Sendable {
  var kind = ValueKind.normal
  /// Whether the host asks the strategy to stop.
  var stops = false
  /// The seed of the run, which the strategy gets.
  var seed: UInt64 = 7
}
