/// What whole networks cost by the sum of a table, between networks that were measured.
struct BudgetLine {
  /// Sums and shares of the uncut network's cost, by rising sums.
  private var points: [(sum: Double, share: Double)]
  /// How much a share falls with the sum, as long as nothing else is known.
  private let slope: Double

  /// A line through the uncut network.
  ///
  /// - Parameters:
  ///   - whole: its sum.
  ///   - cost: what it costs; where that is more than the sum, the rest stays.
  init(whole: Double, cost: Double) {
    points = [(whole, 1)]
    slope = 1 / max(whole, cost, .leastNormalMagnitude)
  }

  /// Adds a network that was measured; a second one of the same sum counts by half.
  mutating func add(sum: Double, share: Double) {
    if let place = points.firstIndex(where: { $0.sum == sum }) {
      points[place].share = (points[place].share + share) / 2
    } else {
      points.append((sum, share))
      points.sort { $0.sum < $1.sum }
    }
  }

  /// The sum of the nearest network on one side of a share; below all of them a tenth less than the least.
  func neighbour(of share: Double, isAbove: Bool) -> Double {
    let (below, above) = neighbours(of: share)
    return isAbove ? above.sum : below?.sum ?? 0.9 * points[0].sum
  }

  /// The sum whose network costs a share.
  func sum(at share: Double) -> Double {
    let (below, above) = neighbours(of: share)
    guard let below else {
      return above.sum - (above.share - share) / steepness(at: above)
    }
    guard above.share > below.share else { return (above.sum + below.sum) / 2 }
    let way = (share - below.share) / (above.share - below.share)
    return below.sum + way * (above.sum - below.sum)
  }

  /// The share that a network of a sum costs.
  func share(at sum: Double) -> Double {
    guard let next = points.firstIndex(where: { $0.sum >= sum }) else { return 1 }
    let high = points[next]
    guard next > 0 else { return high.share - (high.sum - sum) * steepness(at: high) }
    let low = points[next - 1]
    return low.share + (sum - low.sum) / (high.sum - low.sum) * (high.share - low.share)
  }

  /// The dearest network that costs less, and the cheapest that costs more.
  private func neighbours(
    of share: Double
  ) -> (below: (sum: Double, share: Double)?, above: (sum: Double, share: Double)) {
    let below = points.last { $0.share <= share }
    let above = points.first { $0.share > share && $0.sum > below?.sum ?? -.infinity }
    return (below, above ?? points[points.count - 1])
  }

  /// How shares fall below a point: as they do from the uncut network to it.
  private func steepness(at point: (sum: Double, share: Double)) -> Double {
    let whole = points[points.count - 1]
    guard whole.sum > point.sum, whole.share > point.share else { return slope }
    return (whole.share - point.share) / (whole.sum - point.sum)
  }
}
