/// How much of the metric is lost at each ratio of one channel group, from measurements.
///
/// The loss is (baseline − metric) / baseline, negative where a cut helps.
public struct LossCurve: Sendable, Hashable, Codable {
  /// One measurement.
  public struct Point: Sendable, Hashable, Codable {
    /// The share of channels removed.
    public var ratio: Double
    /// The loss of the metric.
    public var loss: Double

    /// Collects a measurement.
    public init(ratio: Double, loss: Double) {
      self.ratio = ratio
      self.loss = loss
    }
  }

  /// The group's name.
  public var group: String
  /// The measurements, by rising ratio.
  public var points: [Point]

  /// A curve through measurements in any order.
  public init(group: String, points: [Point]) {
    self.group = group
    self.points = points.sorted { ($0.ratio, $0.loss) < ($1.ratio, $1.loss) }
  }

  /// The largest ratio that costs no more than `loss`: `get_ratios_by_loss` of PaddleSlim 1.x.
  ///
  /// From the largest ratio down, the first whose loss is within bounds; where that is not the largest of all, the
  /// line to the next larger one is followed up to the bound.
  ///
  /// - Parameter loss: the loss that is allowed.
  /// - Returns: the ratio; nil where every measured one costs more.
  public func ratio(atLoss loss: Double) -> Double? {
    guard let index = points.lastIndex(where: { $0.loss <= loss }) else { return nil }
    guard index + 1 < points.count else { return points[index].ratio }
    let (low, high) = (points[index], points[index + 1])
    return low.ratio + (loss - low.loss) * (high.ratio - low.ratio) / (high.loss - low.loss)
  }

  /// The plan that takes of every group what costs no more than `loss`; groups that always cost more stay whole.
  public static func plan(_ curves: [LossCurve], loss: Double) -> PruningPlan {
    var plan = PruningPlan()
    for curve in curves {
      if let ratio = curve.ratio(atLoss: loss), ratio > 0 {
        plan.cuts[curve.group] = .ratio(min(ratio, 0.99))
      }
    }
    return plan
  }

  /// The least loss whose plan is small enough, found by halving.
  ///
  /// - Parameters:
  ///   - curves: what was measured.
  ///   - steps: how often the interval between two measured losses is halved.
  ///   - isSmallEnough: whether a plan meets the target; if it does, so must every plan that cuts more.
  /// - Returns: the loss; nil where even the largest measured ratios are not enough.
  /// - Throws: what `isSmallEnough` throws.
  public static func leastLoss<Failure: Error>(
    _ curves: [LossCurve],
    steps: Int = 20,
    isSmallEnough: (PruningPlan) throws(Failure) -> Bool
  ) throws(Failure) -> Double? {
    let losses = Set(curves.flatMap { $0.points.map(\.loss) }).sorted()
    guard let last = losses.last, try isSmallEnough(plan(curves, loss: last)) else { return nil }
    var (low, high) = (-1, losses.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if try isSmallEnough(plan(curves, loss: losses[middle])) {
        high = middle
      } else {
        low = middle
      }
    }
    guard low >= 0 else { return losses[high] }
    var (under, over) = (losses[low], losses[high])
    for _ in 0..<steps {
      let middle = (under + over) / 2
      if try isSmallEnough(plan(curves, loss: middle)) { over = middle } else { under = middle }
    }
    return over
  }
}
