import Pruning
import TestSupport
import Testing

struct KnapsackTests {
  /// Items with drawn whole costs from 0 to 12 and values.
  static func items(_ seed: UInt64) -> [[Knapsack.Option]] {
    var random = SeededNumbers(seed)
    return (0..<5).map { _ in
      (0..<Int(random.next() >> 62) + 1).map { _ in
        Knapsack.Option(cost: Double(random.next() >> 60), value: Double(random.next() >> 54))
      }
    }
  }

  /// The most value of all choices within a budget, each tried; nil where there is none.
  static func bruteForce(_ items: [[Knapsack.Option]], _ budget: Double) -> Double? {
    var sums = [(cost: 0.0, value: 0.0)]
    for options in items {
      sums = sums.flatMap { sum in
        options.map { (sum.cost + $0.cost, sum.value + $0.value) }
      }
    }
    return sums.filter { $0.cost <= budget }.map(\.value).max()
  }

  @Test(arguments: 0..<60)
  func `the choice is worth as much as the best of all that are tried`(_ seed: UInt64) {
    let items = Self.items(seed)
    for budget in stride(from: 0.0, through: 60, by: 7) {
      let choice = Knapsack.best(items, budget: budget, unit: 1)
      let chosen = choice.map { zip(items, $0).map { $0[$1] } }
      #expect(chosen?.reduce(0) { $0 + $1.value } == Self.bruteForce(items, budget))
      #expect(chosen?.reduce(0) { $0 + $1.cost } ?? 0 <= budget)
    }
  }

  @Test func `a budget below the least costs has no choice`() {
    let items = [[Knapsack.Option(cost: 3, value: 1)], [Knapsack.Option(cost: 4, value: 1)]]
    #expect(Knapsack.best(items, budget: 6.9, unit: 1) == nil)
    #expect(Knapsack.best(items, budget: 7, unit: 1) == [0, 0])
  }

  @Test func `costs that are no whole units stay within the budget`() {
    let items = (0..<8).map { _ in
      [Knapsack.Option(cost: 0, value: 0), Knapsack.Option(cost: 1.3, value: 1)]
    }
    // By hand: 3 units of one each hold two thirds of 1.3 each, rounded up 2 units: one item.
    let choice = Knapsack.best(items, budget: 3, unit: 1) ?? []
    #expect(choice.count { $0 == 1 } == 1)
    // Fine units: 2 · 1.3 = 2.6 fit, 3.9 do not.
    let fine = Knapsack.best(items, budget: 3, unit: 0.001) ?? []
    #expect(fine.count { $0 == 1 } == 2)
  }
}
