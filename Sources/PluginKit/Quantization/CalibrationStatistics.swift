/// What calibration saw of one tensor: enough for every way of choosing a range, in bounded memory.
public struct CalibrationStatistics: Sendable, Hashable {
  /// The least value; 0 before the first.
  public private(set) var low: Float = 0
  /// The greatest value; 0 before the first.
  public private(set) var high: Float = 0
  /// Values seen.
  public private(set) var count = 0
  /// Values that were infinite or no numbers.
  public private(set) var faults = 0
  /// Images seen.
  public private(set) var images = 0
  /// The sum of the images' greatest magnitudes.
  public private(set) var peaks = 0.0
  /// How often each size occurred.
  public private(set) var histogram = CalibrationHistogram()

  /// Statistics of nothing.
  public init() {}

  /// Statistics that another image of the program made.
  package init(
    low: Float,
    high: Float,
    count: Int,
    images: Int,
    peaks: Double,
    histogram: CalibrationHistogram
  ) {
    self.low = low
    self.high = high
    self.count = count
    self.images = images
    self.peaks = peaks
    self.histogram = histogram
  }

  /// Takes in the tensor's values for one image.
  public mutating func add(image values: Span<Float>) {
    guard !values.isEmpty else { return }
    let extent = ValueExtent(values)
    guard extent.isFinite else {
      for index in values.indices where !values[index].isFinite { faults += 1 }
      return
    }
    low = count == 0 ? extent.low : min(low, extent.low)
    high = count == 0 ? extent.high : max(high, extent.high)
    count += values.count
    images += 1
    peaks += Double(extent.peak)
    histogram.add(values, peak: extent.peak)
  }

  /// Takes in what was seen elsewhere: of other images, or of a tensor that shares its scale.
  ///
  /// - Parameters:
  ///   - other: The other statistics.
  ///   - sharing: Whether the other tensor is of the same images.
  public mutating func merge(_ other: CalibrationStatistics, sharing: Bool = false) {
    guard other.count > 0 || other.faults > 0 else { return }
    low = count == 0 ? other.low : min(low, other.low)
    high = count == 0 ? other.high : max(high, other.high)
    count += other.count
    faults += other.faults
    if sharing {
      images = max(images, other.images)
      peaks = max(peaks, other.peaks)
    } else {
      images += other.images
      peaks += other.peaks
    }
    histogram.merge(other.histogram)
  }

  /// The greatest magnitude.
  public var peak: Double { Double(max(abs(low), abs(high))) }
}
