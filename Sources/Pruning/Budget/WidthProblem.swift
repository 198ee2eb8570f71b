/// Which widths segments may have, what each is worth, and what a network of them costs.
package struct WidthProblem: Sendable {
  /// A segment's choices.
  package struct Choices: Sendable, Hashable {
    /// Channels that may stay, rising; the last is all of them.
    package let widths: [Int]
    /// What each width is worth.
    package let values: [Double]

    package init(widths: [Int], values: [Double]) {
      self.widths = widths
      self.values = values
    }
  }

  package let segments: [Choices]
  package let terms: [CostTerm]
  /// The terms that depend on each segment.
  private let touched: [[Int]]

  package init(segments: [Choices], terms: [CostTerm]) {
    self.segments = segments
    self.terms = terms
    var touched = [[Int]](repeating: [], count: segments.count)
    for (place, term) in terms.enumerated() {
      for segment in term.segments { touched[segment].append(place) }
    }
    self.touched = touched
  }

  /// Every segment at its least width.
  package var narrowest: [Int] { segments.map { _ in 0 } }
  /// Every segment whole.
  package var widest: [Int] { segments.map { $0.widths.count - 1 } }

  /// The channels of each segment that a choice takes away.
  package func removed(_ choice: [Int]) -> [Int] {
    zip(segments, choice).map { ($0.widths.last ?? 0) - $0.widths[$1] }
  }

  /// What all layers cost.
  package func cost(_ choice: [Int]) -> Double {
    let removed = removed(choice)
    return terms.reduce(0) { $0 + $1.cost(removed) }
  }

  /// What all channels are worth that stay.
  package func value(_ choice: [Int]) -> Double {
    zip(segments, choice).reduce(0) { $0 + $1.0.values[$1.1] }
  }

  /// How the cost changes where some segments get another width.
  func change(_ moves: [(segment: Int, option: Int)], from removed: [Int]) -> Double {
    var after = removed
    var places = touched[moves[0].segment]
    for (number, move) in moves.enumerated() {
      let widths = segments[move.segment].widths
      after[move.segment] = (widths.last ?? 0) - widths[move.option]
      if number > 0 { places += touched[move.segment].filter { !places.contains($0) } }
    }
    return places.reduce(0) { $0 + terms[$1].cost(after) - terms[$1].cost(removed) }
  }
}
