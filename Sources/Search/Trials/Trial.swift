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
  /// The work units of its reward, by their digests: one a round of training.
  package var units: [String] = []
  /// The unit of the longer training, where it had one.
  package var fullUnit: String?
  /// Seconds of all units.
  package var seconds = 0.0
  /// Seconds of the longer training.
  package var fullSeconds = 0.0
  package var seed: UInt64 = 0
  /// Why it has no reward.
  package var reason: String?

  /// What it is worth as far as is known: the reward of the longer training, else the quick one.
  package var worth: Double? { fullReward ?? reward }

  package init(number: Int, tokens: [Int], state: State) {
    self.number = number
    self.tokens = tokens
    self.state = state
  }
}
