/// Keeps as much worth of channels as a budget allows: the knapsack of HALP (Shen 2022) over whole blocks of channels.
///
/// With k the widths of all segments, V_s(k_s) the worth of the channels that segment s keeps, and T_l the cost of layer l by its input
/// and output channels,
///
///     maximise Σ_s V_s(k_s)   subject to   Σ_l T_l(in_l(k), out_l(k)) ≤ budget
///
/// A channel's cost depends on the widths around it: the layer that makes it and those that read it cost by both their axes. So the
/// problem is no plain knapsack. Around widths w it nearly is: with D_s(j) = T(w; k_s = j) − T(w),
///
///     maximise Σ_s V_s(k_s)   subject to   T(w) + Σ_s D_s(k_s) ≤ budget
///
/// which ``Knapsack`` solves exactly. The widths found are the next w, halfway from the last, until none changes. Each choice is then brought
/// into the budget as it truly costs (the block that is worth least a cost goes first), and bettered by blocks that still fit and by
/// exchanges of a block for another. The best of all, and of the same from the uncut network alone, is taken. Where costs
/// are separable the first choice is exact.
package struct WidthSolver: Sendable {
  package let problem: WidthProblem
  /// What the knapsack counts in; nil divides the budget.
  package var unit: Double?
  /// How often the knapsack is solved around other widths.
  package var rounds = 8

  package init(_ problem: WidthProblem) { self.problem = problem }

  /// The widths that are worth most within a budget.
  ///
  /// - Returns: an option a segment; nil where even the least widths cost more.
  package func choice(within budget: Double) -> [Int]? {
    guard problem.cost(problem.narrowest) <= budget else { return nil }
    guard problem.cost(problem.widest) > budget else { return problem.widest }
    var best = polished(problem.widest, within: budget)
    var around = problem.widest
    for _ in 0..<rounds {
      guard let found = linear(around, budget) else { break }
      let candidate = polished(found, within: budget)
      if problem.value(candidate) > problem.value(best) { best = candidate }
      let next = zip(around, found).map { ($0 + $1) / 2 }
      if next == around { break }
      around = next
    }
    return best
  }

  /// The knapsack's choice, costs as they are around some widths.
  private func linear(_ around: [Int], _ budget: Double) -> [Int]? {
    let removed = problem.removed(around)
    let items = problem.segments.indices.map { segment in
      problem.segments[segment].widths.indices.map { option in
        Knapsack.Option(
          cost: problem.change([(segment, option)], from: removed),
          value: problem.segments[segment].values[option]
        )
      }
    }
    let left = budget - problem.cost(around)
    let slack = left - items.reduce(0) { $0 + ($1.map(\.cost).min() ?? 0) }
    return Knapsack.best(
      items,
      budget: left,
      unit: unit ?? max(slack, .leastNormalMagnitude) / 4096
    )
  }

  private func polished(_ choice: [Int], within budget: Double) -> [Int] {
    var walk = WidthWalk(problem, choice, budget: budget)
    walk.narrow()
    walk.widen()
    for _ in 0..<4 where walk.exchange() { walk.widen() }
    return walk.choice
  }
}

/// A choice of widths that changes by single steps.
private struct WidthWalk {
  private let problem: WidthProblem
  private let budget: Double
  private(set) var choice: [Int]
  private var removed: [Int]
  private var cost: Double

  init(_ problem: WidthProblem, _ choice: [Int], budget: Double) {
    self.problem = problem
    self.choice = choice
    // Sums in another order differ in their last digits.
    self.budget = budget + 1e-9 * abs(budget)
    removed = problem.removed(choice)
    cost = problem.cost(choice)
  }

  /// Takes steps to narrower widths until the budget holds, those first that lose least a cost saved.
  mutating func narrow() {
    while cost > budget {
      var best: (segment: Int, option: Int, rate: Double)?
      for segment in choice.indices where choice[segment] > 0 {
        // One step may save nothing where several do.
        for option in (0..<choice[segment]).reversed() {
          let saved = -problem.change([(segment, option)], from: removed)
          guard saved > 0 else { continue }
          let rate = loss(segment, option) / saved
          if rate < best?.rate ?? .infinity { best = (segment, option, rate) }
        }
      }
      guard let best else { return }
      take([(best.segment, best.option)])
    }
  }

  /// Takes steps to wider widths that fit, those first that gain most a cost.
  mutating func widen() {
    while true {
      var best: (segment: Int, option: Int, rate: Double)?
      for segment in choice.indices {
        for option in choice[segment]..<problem.segments[segment].widths.count
        where option > choice[segment] {
          let gain = -loss(segment, option)
          guard gain > 0 else { continue }
          let added = problem.change([(segment, option)], from: removed)
          guard cost + added <= budget else { continue }
          let rate = added > 0 ? gain / added : .infinity
          if best == nil || rate > best?.rate ?? 0 { best = (segment, option, rate) }
        }
      }
      guard let best else { return }
      take([(best.segment, best.option)])
    }
  }

  /// Exchanges steps of one segment for steps of another that are worth more.
  ///
  /// - Returns: whether there was any.
  mutating func exchange() -> Bool {
    var wasAny = false
    for segment in choice.indices where choice[segment] > 0 {
      let narrower = choice[segment] - 1
      let lost = loss(segment, narrower)
      var best: (segment: Int, option: Int, gain: Double)?
      for other in choice.indices
      where other != segment && choice[other] + 1 < problem.segments[other].widths.count {
        let gain = -loss(other, choice[other] + 1) - lost
        guard gain > max(best?.gain ?? 0, 1e-12) else { continue }
        let moves = [(segment, narrower), (other, choice[other] + 1)]
        if cost + problem.change(moves, from: removed) <= budget {
          best = (other, choice[other] + 1, gain)
        }
      }
      guard let best else { continue }
      take([(segment, narrower), (best.segment, best.option)])
      wasAny = true
    }
    return wasAny
  }

  /// What is lost where a segment gets another width; negative for a wider one.
  private func loss(_ segment: Int, _ option: Int) -> Double {
    let values = problem.segments[segment].values
    return values[choice[segment]] - values[option]
  }

  private mutating func take(_ moves: [(segment: Int, option: Int)]) {
    for move in moves { choice[move.segment] = move.option }
    removed = problem.removed(choice)
    cost = problem.cost(choice)
  }
}
