/// What a search came to, read from its trials.
package struct SearchOutcome: Sendable, Hashable {
  /// Every trial, in the order of proposals.
  package let trials: [Trial]

  package init(_ trials: [Trial]) { self.trials = trials }

  /// The trial with the best reward: that of the longer training where some had one; of equals the first.
  package var best: Trial? {
    let full = trials.filter { $0.fullReward != nil }
    guard full.isEmpty else { return Self.first(of: full) { $0.fullReward } }
    return Self.first(of: Self.complete(trials)) { $0.reward }
  }

  /// The networks than which none is both better and cheaper, by rising multiply-adds.
  package var front: [Trial] { Self.front(trials) }

  /// Trials by their rewards, the best first; of equals the first proposed.
  package var ranked: [Trial] { Self.ranked(trials) }

  /// How the two rewards agree over the networks that have both; nil where fewer than two have.
  package var agreement: RankCorrelation? {
    let both = trials.compactMap { trial in
      trial.reward.flatMap { quick in trial.fullReward.map { (quick, $0) } }
    }
    return RankCorrelation(both)
  }

  static func front(_ trials: [Trial]) -> [Trial] {
    var front: [Trial] = []
    let found = complete(trials).compactMap { trial in
      trial.figures.flatMap { figures in trial.reward.map { (trial, figures.macs, $0) } }
    }
    let sorted = found.sorted { ($0.1, -$0.2, $0.0.number) < ($1.1, -$1.2, $1.0.number) }
    for (trial, _, reward) in sorted where reward > front.last?.reward ?? -.infinity {
      front.append(trial)
    }
    return front
  }

  /// The places of some trials with rewards, spread evenly over their ranks, the best among them.
  static func spread(_ trials: [Trial], _ count: Int) -> [Int] {
    let ranks = ranked(trials).compactMap { trial in
      trials.firstIndex { $0.number == trial.number }
    }
    guard count < ranks.count else { return ranks }
    guard count > 1 else { return Array(ranks.prefix(count)) }
    return (0..<count).map { ranks[$0 * (ranks.count - 1) / (count - 1)] }
  }

  private static func ranked(_ trials: [Trial]) -> [Trial] {
    complete(trials).filter { $0.reward != nil }.sorted {
      ($0.reward ?? 0, -$0.number) > ($1.reward ?? 0, -$1.number)
    }
  }

  /// Trials that were trained as far as any: in successive halving, those of the last round.
  private static func complete(_ trials: [Trial]) -> [Trial] {
    let last = trials.map(\.rung).max() ?? 0
    return trials.filter { $0.rung == last }
  }

  private static func first(of trials: [Trial], by value: (Trial) -> Double?) -> Trial? {
    var best: (trial: Trial, value: Double)?
    for trial in trials {
      guard let value = value(trial), value > best?.value ?? -.infinity else { continue }
      best = (trial, value)
    }
    return best?.trial
  }
}
