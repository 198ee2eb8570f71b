import Pruning
import TestSupport
import Testing

struct WidthSolverTests {
  /// Segments of 1 to 4 widths, the wider worth more.
  private static func choices(_ random: inout SeededNumbers, _ count: Int) -> [WidthProblem.Choices]
  {
    (0..<count).map { _ in
      let widths = Array(1...Int(random.next() >> 62) + 1)
      var worth = 0.0
      let values = widths.map { _ in
        worth += Double(random.next() >> 60) + 1
        return worth
      }
      return .init(widths: widths, values: values)
    }
  }

  private static func width(_ segment: Int, _ choices: [WidthProblem.Choices]) -> Width {
    Width(full: choices[segment].widths.last ?? 1, parts: [.init(segment: segment, count: 1)])
  }

  /// Every choice of widths.
  private static func all(_ choices: [WidthProblem.Choices]) -> [[Int]] {
    choices.reduce([[]]) { found, segment in
      found.flatMap { start in segment.widths.indices.map { start + [$0] } }
    }
  }

  private static func best(_ problem: WidthProblem, _ budget: Double) -> Double? {
    all(problem.segments).filter { problem.cost($0) <= budget }.map(problem.value).max()
  }

  @Test(arguments: 0..<40)
  func `where costs are separable the choice is the best of all`(_ seed: UInt64) {
    var random = SeededNumbers(seed)
    let choices = Self.choices(&random, 5)
    let terms = choices.indices.map { segment in
      CostTerm(
        input: Self.width(segment, choices),
        rule: .product(Double(random.next() >> 61) + 1)
      )
    }
    let problem = WidthProblem(segments: choices, terms: terms)
    var solver = WidthSolver(problem)
    solver.unit = 1
    for budget in stride(from: 5.0, through: 90, by: 6) {
      let found = solver.choice(within: budget)
      #expect(found.map(problem.value) == Self.best(problem, budget))
    }
  }

  /// A chain of layers, each between the segment before and its own.
  private static func chain(_ seed: UInt64) -> WidthProblem {
    var random = SeededNumbers(seed)
    let choices = choices(&random, 6)
    let terms = (1..<6).map { place in
      CostTerm(
        input: width(place - 1, choices),
        output: width(place, choices),
        rule: .product(Double(random.next() >> 61) + 1)
      )
    }
    return WidthProblem(segments: choices, terms: terms)
  }

  @Test func `where layers couple widths the choice holds the budget and is near the best`() {
    var (found, best) = (0.0, 0.0)
    for seed in 0..<40 as Range<UInt64> {
      let problem = Self.chain(seed)
      let (least, most) = (problem.cost(problem.narrowest), problem.cost(problem.widest))
      for share in [0.2, 0.4, 0.6, 0.8] {
        let budget = least + share * (most - least)
        guard let choice = WidthSolver(problem).choice(within: budget) else {
          Issue.record("no choice for \(seed)")
          continue
        }
        #expect(problem.cost(choice) <= budget * (1 + 1e-6))
        let (own, optimum) = (problem.value(choice), Self.best(problem, budget) ?? 0)
        #expect(own >= 0.85 * optimum, "\(seed), \(share): \(own) of \(optimum)")
        (found, best) = (found + own, best + optimum)
      }
    }
    #expect(found >= 0.99 * best, "\(found) of \(best)")
  }

  @Test func `a budget below the narrowest has no choice, one above the widest takes all`() {
    let problem = Self.chain(1)
    let solver = WidthSolver(problem)
    #expect(solver.choice(within: problem.cost(problem.narrowest) * 0.999) == nil)
    #expect(solver.choice(within: problem.cost(problem.widest)) == problem.widest)
  }

  @Test func `no block that is left out would still fit`() {
    for seed in 0..<20 as Range<UInt64> {
      let problem = Self.chain(seed)
      let budget = 0.6 * problem.cost(problem.widest)
      guard let choice = WidthSolver(problem).choice(within: budget) else { continue }
      for segment in choice.indices
      where choice[segment] + 1 < problem.segments[segment].widths.count {
        var wider = choice
        wider[segment] += 1
        #expect(problem.cost(wider) > budget)
      }
    }
  }
}
