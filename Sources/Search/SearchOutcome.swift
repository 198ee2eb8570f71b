/// What a search came to, read from its trials.
package struct SearchOutcome: Sendable, Hashable {
  /// Every trial, in the order of proposals.
  package let trials: [Trial]

  package init(_ trials: [Trial]) { self.trials = trials }

  /// The trial with the best reward: that of the longer training where some had one; of equals the one with the fewest
  /// multiply-adds, then the first.
  package var best: Trial? {
    let full = trials.filter { $0.fullReward != nil }
    return full.isEmpty ? ranked.first : Self.sorted(full) { $0.fullReward }.first
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

  /// The numbers of the trials whose networks are kept: those of the front.
  static func kept(_ trials: [Trial]) -> Set<Int> { Set(front(trials).map(\.number)) }

  /// The places of the trials that are trained longer: half of them the best, the others spread evenly over the ranks below.
  static func chosen(_ trials: [Trial], _ count: Int) -> [Int] {
    let places = Dictionary(trials.enumerated().map { ($1.number, $0) }) { first, _ in first }
    let ranks = ranked(trials).compactMap { places[$0.number] }
    guard count < ranks.count else { return ranks }
    let top = (count + 1) / 2
    let (rest, others) = (ranks.count - top, count - top)
    return ranks.prefix(top) + (0..<others).map { ranks[top + ($0 + 1) * rest / others - 1] }
  }

  private static func front(_ trials: [Trial]) -> [Trial] {
    var front: [Trial] = []
    let byCost = complete(trials).sorted {
      let (a, b) = ($0.figures?.macs ?? .max, $1.figures?.macs ?? .max)
      return (a, -($0.reward ?? 0), $0.number) < (b, -($1.reward ?? 0), $1.number)
    }
    for trial in byCost where trial.reward ?? 0 > front.last?.reward ?? -.infinity {
      front.append(trial)
    }
    return front
  }

  private static func ranked(_ trials: [Trial]) -> [Trial] {
    sorted(complete(trials)) { $0.reward }
  }

  /// Trials with rewards that were trained as far as any with one: in successive halving, those of the last round.
  private static func complete(_ trials: [Trial]) -> [Trial] {
    let judged = trials.filter { $0.reward != nil }
    let last = judged.map(\.rung).max() ?? 0
    return judged.filter { $0.rung == last }
  }

  private static func sorted(_ trials: [Trial], by worth: (Trial) -> Double?) -> [Trial] {
    trials.sorted {
      let (a, b) = (worth($0) ?? -.infinity, worth($1) ?? -.infinity)
      let (cost, other) = ($0.figures?.macs ?? .max, $1.figures?.macs ?? .max)
      return a == b ? (cost, $0.number) < (other, $1.number) : a > b
    }
  }
}
