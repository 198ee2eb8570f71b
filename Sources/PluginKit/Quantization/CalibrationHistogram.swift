/// How often values of each size occurred, in bins whose range is a power of two, so that histograms merge exactly.
///
/// A value v lies in bin floor(|v| / width) of its sign's side. When a larger value comes, the width doubles and bins
/// fall together in pairs. What comes out depends on which values were added, never on their order.
public struct CalibrationHistogram: Sendable, Hashable {
  /// Bins on each side of zero.
  public static let binsPerSide = 8192

  /// All values are below 2 to this power in magnitude; nil while there was none but zero.
  public private(set) var exponent: Int?
  /// Values that were exactly zero.
  public private(set) var zeros = 0
  /// How many positive values lie in each bin, from zero outwards.
  public private(set) var positive: [Int]
  /// How many negative values lie in each bin, from zero outwards.
  public private(set) var negative: [Int]

  /// An empty histogram.
  public init() {
    positive = [Int](repeating: 0, count: Self.binsPerSide)
    negative = positive
  }

  /// A histogram of counts known; both sides must have ``binsPerSide`` bins.
  package init(exponent: Int?, zeros: Int, positive: [Int], negative: [Int]) {
    self.exponent = exponent
    self.zeros = zeros
    self.positive = positive
    self.negative = negative
  }

  /// Values counted.
  public var count: Int { zeros + positive.reduce(0, +) + negative.reduce(0, +) }

  /// The width of one bin; zero while there was no value but zero.
  public var width: Double {
    exponent.map { Self.power($0) / Double(Self.binsPerSide) } ?? 0
  }

  /// Counts the values of a tensor, in any order.
  ///
  /// - Parameter values: Finite numbers; others are left out.
  public mutating func add(_ values: Span<Float>) {
    let extent = ValueExtent(values)
    guard extent.isFinite else {
      let finite = values.indices.map { values[$0] }.filter(\.isFinite)
      return add(finite.span)
    }
    add(values, peak: extent.peak)
  }

  /// Counts finite numbers whose greatest magnitude is known.
  mutating func add(_ values: Span<Float>, peak: Float) {
    if peak > 0 { widen(to: Self.exponent(above: peak)) }
    guard let exponent else {
      zeros += values.count
      return
    }
    tally(values, exponent)
  }

  /// Counts everything that another histogram counted.
  public mutating func merge(_ other: CalibrationHistogram) {
    zeros += other.zeros
    guard let exponent = other.exponent else { return }
    widen(to: exponent)
    var other = other
    other.widen(to: self.exponent ?? exponent)
    for bin in positive.indices {
      positive[bin] += other.positive[bin]
      negative[bin] += other.negative[bin]
    }
  }

  /// Magnitudes of both sides in bins of equal width over `0...limit`, each bin of this histogram by its middle.
  ///
  /// - Parameters:
  ///   - count: How many bins.
  ///   - limit: The end of the last bin; what lies beyond is counted there.
  /// - Returns: The counts.
  public func magnitudes(bins count: Int, upTo limit: Double) -> [Int] {
    var result = [Int](repeating: 0, count: count)
    result[0] = zeros
    guard limit > 0 else { return result }
    let factor = width / limit * Double(count)
    for bin in positive.indices {
      let sum = positive[bin] + negative[bin]
      if sum > 0 { result[min(count - 1, Int((Double(bin) + 0.5) * factor))] += sum }
    }
    return result
  }

  /// Every bin that holds something, as the middle of its values and their number, rising.
  public var filled: [(value: Double, count: Int)] {
    let width = width
    var result: [(value: Double, count: Int)] = []
    for bin in negative.indices.reversed() where negative[bin] > 0 {
      result.append((-(Double(bin) + 0.5) * width, negative[bin]))
    }
    if zeros > 0 { result.append((0, zeros)) }
    for bin in positive.indices where positive[bin] > 0 {
      result.append(((Double(bin) + 0.5) * width, positive[bin]))
    }
    return result
  }

  // MARK: Counting

  private mutating func tally(_ values: Span<Float>, _ exponent: Int) {
    let side = Self.binsPerSide
    let bins = Bins(inverse: Float(Self.power(-exponent) * Double(side)))
    var table = [UInt32](repeating: 0, count: 2 * side + Bins.Lanes.scalarCount)
    let width = Bins.Lanes.scalarCount
    let whole = values.count / width * width
    unsafe values.withUnsafeBytes { bytes in
      unsafe table.withUnsafeMutableBufferPointer { table in
        for place in stride(from: 0, to: whole, by: width) {
          let found = bins[
            unsafe bytes.loadUnaligned(fromByteOffset: place * 4, as: SIMD8<UInt32>.self)
          ]
          // Every place is below the table's count, by how it was made.
          for lane in 0..<width { unsafe table[Int(found[lane])] &+= 1 }
        }
      }
    }
    for index in whole..<values.count {
      let found = bins[Bins.Lanes(repeating: values[index].bitPattern)]
      table[Int(found[index - whole])] &+= 1
    }
    for bin in 0..<side {
      positive[bin] += Int(table[bin])
      negative[bin] += Int(table[side + bin])
    }
    for place in 2 * side..<table.count { zeros += Int(table[place]) }
  }

  /// Makes the range at least 2 to the power of `wanted`.
  private mutating func widen(to wanted: Int) {
    guard let exponent else {
      self.exponent = wanted
      return
    }
    guard wanted > exponent else { return }
    let shift = min(wanted - exponent, Int.bitWidth - 1)
    positive = Self.joined(positive, shift)
    negative = Self.joined(negative, shift)
    self.exponent = wanted
  }

  private static func joined(_ bins: [Int], _ shift: Int) -> [Int] {
    var result = [Int](repeating: 0, count: bins.count)
    for bin in bins.indices where bins[bin] > 0 { result[bin >> shift] += bins[bin] }
    return result
  }

  /// The least exponent whose power of two is above a magnitude; tiny ones share one.
  private static func exponent(above magnitude: Float) -> Int {
    max(-100, Int(magnitude.exponent) + 1)
  }

  private static func power(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }

  /// Where values are counted: positive ones first, then negative ones, then zeros.
  ///
  /// Zeros, of which there are many behind a relu, have a place a lane, so that no count waits for the last.
  private struct Bins {
    typealias Lanes = SIMD8<UInt32>

    /// Bins a unit of magnitude.
    let inverse: Float

    /// The places of values by their bits, all below the range in magnitude.
    @inline(__always)
    subscript(bits: Lanes) -> Lanes {
      let magnitude = unsafe unsafeBitCast(bits & 0x7FFF_FFFF, to: SIMD8<Float>.self)
      let exact = magnitude * inverse
      // Beside 2²³ a float has no digits behind the point: adding it rounds. What was rounded up goes one down.
      let shift = SIMD8<Float>(repeating: 0x1p23)
      let rounded = exact + shift
      var bin = unsafe unsafeBitCast(rounded, to: Lanes.self) & 0x7F_FFFF
      bin.replace(with: bin &- 1, where: rounded - shift .> exact)
      let sided = bin | ((bits &>> 31) &* UInt32(binsPerSide))
      let zeros = Lanes(0, 1, 2, 3, 4, 5, 6, 7) &+ UInt32(2 * binsPerSide)
      return sided.replacing(with: zeros, where: magnitude .== SIMD8<Float>.zero)
    }
  }
}
