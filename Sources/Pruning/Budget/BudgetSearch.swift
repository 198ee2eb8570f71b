/// Finds the budget of a table whose choice costs, as a whole network, what was asked for.
///
/// A table's sum S and the cost y of the whole network, as a share of the uncut one's, are no equal numbers: layers overlap, and what is no
/// layer costs too. The first budget takes what the layers' sum S₀ lacks of the network's cost for something that no cut makes less, and y falls as S does
/// where it lacks nothing. Each measured network is
/// another point, and the next budget lies on the line between the nearest points on both sides of the goal, or beyond the last
/// two where all lie on one side. So a table that is off by a factor is right after one correction.
package struct BudgetSearch {
  /// What is asked for.
  package let amount: PruneTarget.Amount
  /// Whether measuring the same network again gives the same cost: then the goal is not exceeded, and what is left of it less than a block.
  package let isExact: Bool
  /// How far off the result may be, as a share of the goal.
  package var tolerance = 0.02
  /// How often it is corrected, at most.
  package var corrections = 8

  /// The cost of a network beside that of the uncut one, in turns.
  package struct Measured: Sendable, Hashable {
    package let value: Double
    package let original: Double

    package init(value: Double, original: Double) {
      self.value = value
      self.original = original
    }

    var share: Double { value / original }

    /// The middle of two measurements.
    func mean(with other: Measured) -> Measured {
      Measured(value: (value + other.value) / 2, original: (original + other.original) / 2)
    }
  }

  /// One choice that was measured.
  package struct Round: Sendable, Hashable {
    /// The sum that the table was allowed.
    package let budget: Double
    /// The sum that the choice comes to.
    package let sum: Double
    /// The whole network's cost, as the table and all corrections before say.
    package let predicted: Double
    package let measured: Measured
    /// The widths.
    package let choice: [Int]
  }

  /// What a search came to.
  package struct Found: Sendable, Hashable {
    /// All choices that were measured, in order.
    package let rounds: [Round]
    /// The place of the one that is taken.
    package let taken: Int
  }

  package init(_ amount: PruneTarget.Amount, isExact: Bool) {
    self.amount = amount
    self.isExact = isExact
  }

  /// The share of the uncut network's cost that is asked for.
  func goal(_ original: Double) -> Double {
    switch amount {
    case .share(let share): share
    case .number(let number): number / original
    }
  }

  /// How far a cost is off, as a share of what was asked for; negative below it.
  package func error(of measured: Measured) -> Double {
    measured.share / goal(measured.original) - 1
  }

  /// Chooses, measures and corrects.
  ///
  /// - Parameters:
  ///   - solver: chooses widths.
  ///   - original: what the uncut network costs.
  ///   - tell: told each round.
  ///   - measure: the cost of the network of a choice.
  /// - Returns: the rounds, one at least; the least widths are measured where not even they seem to suffice.
  /// - Throws: what `measure` throws.
  package func run(
    _ solver: WidthSolver,
    original: Double,
    tell: (Round) -> Void = { _ in },
    measure: ([Int]) throws -> Measured
  ) throws -> Found {
    let problem = solver.problem
    let least = problem.cost(problem.narrowest)
    var line = BudgetLine(whole: problem.cost(problem.widest), cost: original)
    var rounds: [Round] = []
    for _ in 0...corrections {
      let goal = goal(rounds.last?.measured.original ?? original)
      // The least widths are measured before anybody says that they do not suffice.
      let wanted = max(line.sum(at: goal), least)
      guard let (budget, choice) = untried(solver, wanted, goal, line, rounds) else { break }
      let sum = problem.cost(choice)
      var measured = try measure(choice)
      // What meets the goal once may have done so by chance.
      if !isExact, isGoodEnough(error(of: measured)) {
        measured = measured.mean(with: try measure(choice))
      }
      let predicted = line.share(at: sum) * measured.original
      let round = Round(
        budget: budget,
        sum: sum,
        predicted: predicted,
        measured: measured,
        choice: choice
      )
      rounds.append(round)
      tell(round)
      line.add(sum: sum, share: measured.share)
      if isGoodEnough(error(of: measured)) { break }
    }
    return Found(rounds: rounds, taken: best(of: rounds))
  }

  /// The choice of a budget, or of one nearer to the other side of the goal where that was measured; nil where nothing lies between.
  private func untried(
    _ solver: WidthSolver,
    _ wanted: Double,
    _ goal: Double,
    _ line: BudgetLine,
    _ rounds: [Round]
  ) -> (Double, [Int])? {
    var budget = wanted
    for _ in 0..<8 {
      guard let choice = solver.choice(within: budget) else { return nil }
      guard let known = rounds.first(where: { $0.choice == choice }) else {
        return (budget, choice)
      }
      // What is counted and within the goal cannot get nearer.
      guard !isExact else { return nil }
      let isAbove = known.measured.share < goal
      budget = (budget + line.neighbour(of: goal, isAbove: isAbove)) / 2
    }
    return nil
  }

  private func isGoodEnough(_ error: Double) -> Bool {
    isExact ? error <= 0 && error > -0.001 : abs(error) <= tolerance
  }

  /// The round nearest to the goal; of exact ones that exceed it none, where others do not.
  private func best(of rounds: [Round]) -> Int {
    func rank(_ round: Round) -> (Int, Double) {
      let error = error(of: round.measured)
      return (isExact && error > 0 ? 1 : 0, abs(error))
    }
    return rounds.indices.min { rank(rounds[$0]) < rank(rounds[$1]) } ?? 0
  }
}
