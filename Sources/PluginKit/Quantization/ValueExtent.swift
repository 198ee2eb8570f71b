/// The least and the greatest of numbers.
struct ValueExtent {
  /// The least number; of no meaning where one is not finite.
  private(set) var low: Float = 0
  /// The greatest number; of no meaning where one is not finite.
  private(set) var high: Float = 0
  /// Whether all are finite.
  private(set) var isFinite = true

  /// The greatest magnitude.
  var peak: Float { max(abs(low), abs(high)) }

  /// Looks at numbers; of none both ends are 0.
  init(_ values: Span<Float>) {
    guard !values.isEmpty else { return }
    typealias Lanes = SIMD8<Float>
    let width = Lanes.scalarCount
    let whole = values.count / width * width
    var (lows, highs) = (Lanes(repeating: values[0]), Lanes(repeating: values[0]))
    // What is not finite times zero is not a number, and stays one in a sum.
    var faults = Lanes.zero
    unsafe values.withUnsafeBytes { bytes in
      for place in stride(from: 0, to: whole, by: width) {
        let found = unsafe bytes.loadUnaligned(fromByteOffset: place * 4, as: Lanes.self)
        lows.replace(with: found, where: found .< lows)
        highs.replace(with: found, where: found .> highs)
        faults += found * 0
      }
    }
    var fault: Float = faults.sum()
    for index in whole..<values.count {
      lows[0] = min(lows[0], values[index])
      highs[0] = max(highs[0], values[index])
      fault += values[index] * 0
    }
    isFinite = fault == 0
    // Which of two zeros came first makes no difference.
    (low, high) = (lows.min() + 0, highs.max() + 0)
  }
}
