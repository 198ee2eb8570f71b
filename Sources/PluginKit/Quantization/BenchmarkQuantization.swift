/// The benchmark's own arithmetic in 8 bits: symmetric, no zero point, −128 unused.
public enum BenchmarkQuantization: Sendable {
  /// The largest whole number.
  public static let largest: Float = 127

  /// How halves are rounded.
  public enum Rounding: Sendable, Hashable {
    /// Away from zero, as while training.
    case halfAway
    /// To even, as where weights are frozen.
    case halfEven
  }

  /// The whole number of a value: `round(clip(x, −s, s) · 127 / s)`.
  ///
  /// - Parameters:
  ///   - value: Any number.
  ///   - scale: The largest magnitude told apart; at 0, as of a channel of zeros, everything becomes 0.
  ///   - rounding: How halves are rounded.
  /// - Returns: −127 to 127.
  public static func quantized(
    _ value: Float,
    scale: Float,
    _ rounding: Rounding = .halfAway
  ) -> Float {
    guard scale > 0 else { return 0 }
    let steps = min(max(value, -scale), scale) * largest / scale
    switch rounding {
    case .halfAway: return steps.rounded(.toNearestOrAwayFromZero)
    case .halfEven: return steps.rounded(.toNearestOrEven)
    }
  }

  /// The value of a whole number: `q · s / 127`.
  public static func dequantized(_ number: Float, scale: Float) -> Float {
    number * scale / largest
  }
}

/// A scale that follows the maxima of batches.
public protocol ScaleObserver: Sendable {
  /// Takes in the greatest magnitude of a batch; frozen observers are not told.
  mutating func observe(_ peak: Float)
  /// The scale as it is now.
  var scale: Float { get }
}

/// `state ← rate · state + 1`, `sum ← rate · sum + peak`, scale = sum / state.
public struct MovingAverageScale: ScaleObserver, Hashable {
  private let rate: Float
  private var state: Float = 1
  private var sum: Float = 1
  /// The scale; 0.001 before the first batch.
  public private(set) var scale: Float = 0.001

  /// An observer that keeps `rate` of the past at each batch.
  public init(rate: Float = 0.9) { self.rate = rate }

  /// Takes in the greatest magnitude of a batch.
  public mutating func observe(_ peak: Float) {
    state = rate * state + 1
    sum = rate * sum + peak
    scale = sum / state
  }
}

/// The greatest of the last batches' maxima.
public struct RangeScale: ScaleObserver, Hashable {
  private let window: Int
  private var peaks: [Float] = []
  private var next = 0
  /// The scale; 0.001 before the first batch.
  public private(set) var scale: Float = 0.001

  /// An observer of the last `window` batches.
  public init(window: Int = 10_000) { self.window = max(1, window) }

  /// Takes in the greatest magnitude of a batch.
  public mutating func observe(_ peak: Float) {
    if peaks.count < window {
      peaks.append(peak)
      scale = peaks.count == 1 ? peak : max(scale, peak)
      return
    }
    let gone = peaks[next]
    peaks[next] = peak
    next = (next + 1) % window
    if peak >= scale { scale = peak } else if gone == scale { scale = peaks.max() ?? peak }
  }
}

/// The greatest magnitude of the last batch alone.
public struct BatchScale: ScaleObserver, Hashable {
  /// The scale; 0.001 before the first batch.
  public private(set) var scale: Float = 0.001

  /// An observer without memory.
  public init() {}

  /// Takes in the greatest magnitude of a batch.
  public mutating func observe(_ peak: Float) { scale = peak }
}
