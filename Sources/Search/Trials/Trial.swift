/// One proposal of a search, and what it came to.
package struct Trial: Sendable, Hashable {
  /// How far a trial came.
  package enum State: String, Sendable, Hashable {
    /// The space or a constraint rules the network out; it used up its step.
    case infeasible
    /// Training or judging failed; the reason says how.
    case failed
    case rewarded
  }

  /// Its place among the proposals, from 0.
  package var number: Int
  package var tokens: [Int]
  package var state: State
  /// What the network costs; nil where there was no network.
  package var figures: NetworkFigures?
  /// What it is worth, where it was judged; more is better.
  package var reward: Double?
  /// The reward of the longer training, where it had one.
  package var fullReward: Double?
  /// The last round of successive halving that it was in, from 0.
  package var rung = 0
  /// The work units that it took, by their digests, in order.
  package var units: [String] = []
  /// Seconds of all units.
  package var seconds = 0.0
  /// Seconds of the longer training.
  package var fullSeconds = 0.0
  package var seed: UInt64 = 0
  /// Why it has no reward.
  package var reason: String?

  package init(number: Int, tokens: [Int], state: State) {
    self.number = number
    self.tokens = tokens
    self.state = state
  }
}
