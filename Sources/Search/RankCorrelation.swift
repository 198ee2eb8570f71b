import Glibc

/// How well two orders of the same things agree: Kendall's tau-b (1945), ties counted.
package struct RankCorrelation: Sendable, Hashable {
  /// From -1, turned round, to 1, the same.
  package let tau: Double
  /// The number of things.
  package let count: Int

  /// The correlation of pairs of values; nil for fewer than two, or where one side is all ties.
  package init?(_ pairs: [(Double, Double)]) {
    guard pairs.count > 1 else { return nil }
    var (agreeing, differing, tiedFirst, tiedSecond) = (0, 0, 0, 0)
    for (place, one) in pairs.enumerated() {
      for other in pairs[(place + 1)...] {
        switch (one.0 == other.0, one.1 == other.1) {
        case (true, true): continue
        case (true, false): tiedFirst += 1
        case (false, true): tiedSecond += 1
        case (false, false):
          if (one.0 < other.0) == (one.1 < other.1) { agreeing += 1 } else { differing += 1 }
        }
      }
    }
    let first = agreeing + differing + tiedFirst
    let second = agreeing + differing + tiedSecond
    guard first > 0, second > 0 else { return nil }
    tau = Double(agreeing - differing) / (Double(first) * Double(second)).squareRoot()
    count = pairs.count
  }
}
