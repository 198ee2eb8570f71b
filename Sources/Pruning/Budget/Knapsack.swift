/// The choice of one option an item that is worth most within a budget.
package enum Knapsack {
  /// What an item may be.
  package struct Option: Sendable, Hashable {
    package let cost: Double
    package let value: Double

    package init(cost: Double, value: Double) {
      self.cost = cost
      self.value = value
    }
  }

  /// Solves the multiple-choice knapsack by dynamic programming over units of the budget.
  ///
  /// With u(o) = ⌈(cost(o) − least cost of the item) / unit⌉ and U = ⌊(budget − Σ least costs) / unit⌋, best[i][u] is the most value of
  /// the first i items within u units:
  ///
  ///     best[i][u] = max over the item's options o with u(o) ≤ u of best[i − 1][u − u(o)] + value(o)
  ///
  /// The choice is exact where costs are whole numbers of units; else it stays within the budget, and misses at most a unit an item.
  ///
  /// - Parameters:
  ///   - items: the options of each; one at least.
  ///   - budget: what all may cost together.
  ///   - unit: what costs are counted in.
  /// - Returns: the option of each item; nil where even the least costs exceed the budget.
  /// - Complexity: O(options · units)
  package static func best(_ items: [[Option]], budget: Double, unit: Double) -> [Int]? {
    let least = items.map { $0.map(\.cost).min() ?? 0 }
    let slack = budget - least.reduce(0, +)
    guard slack >= 0, unit > 0 else { return nil }
    // A cost that is a whole number of units but for rounding is that number.
    let units = Int((slack / unit + 1e-9).rounded(.down))
    var best = [Double](repeating: 0, count: units + 1)
    var chosen: [[Int32]] = []
    chosen.reserveCapacity(items.count)
    for (options, base) in zip(items, least) {
      var next = [Double](repeating: -.infinity, count: units + 1)
      var choice = [Int32](repeating: 0, count: units + 1)
      for (number, option) in options.enumerated() {
        let cost = ((option.cost - base) / unit - 1e-9).rounded(.up)
        guard cost <= Double(units) else { continue }
        let step = Int(max(cost, 0))
        for used in step...units {
          let value = best[used - step] + option.value
          if value > next[used] { (next[used], choice[used]) = (value, Int32(number)) }
        }
      }
      best = next
      chosen.append(choice)
    }
    return picked(items, least, chosen, units: units, unit: unit)
  }

  /// Follows the choices back from the whole budget.
  private static func picked(
    _ items: [[Option]],
    _ least: [Double],
    _ chosen: [[Int32]],
    units: Int,
    unit: Double
  ) -> [Int] {
    var (result, left) = ([Int](repeating: 0, count: items.count), units)
    for item in items.indices.reversed() {
      let option = Int(chosen[item][left])
      result[item] = option
      let cost = ((items[item][option].cost - least[item]) / unit - 1e-9).rounded(.up)
      left -= Int(max(cost, 0))
    }
    return result
  }
}
