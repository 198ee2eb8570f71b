import Evaluation

/// How far a search is, and how long it will take.
struct SearchProgress {
  private var budget: Int
  private var countsRewards: Bool
  private let workers: Int
  private var done = 0
  private var best: Double?
  private var unitSeconds = 0.0
  private var units = 0
  private var isFull = false

  init(budget: Int, countsRewards: Bool, workers: Int) {
    self.budget = budget
    self.countsRewards = countsRewards
    self.workers = max(1, workers)
  }

  mutating func note(seconds: Double) {
    unitSeconds += seconds
    units += 1
  }

  /// The longer training of some networks begins.
  mutating func beginFull(_ count: Int) {
    self = SearchProgress(budget: count, countsRewards: true, workers: workers)
    isFull = true
  }

  /// Counts a trial that an earlier process did.
  mutating func skip(_ trial: Trial) {
    _ = told(of: trial)
    if trial.seconds > 0 { note(seconds: trial.seconds) }
  }

  /// The progress to report after a trial.
  mutating func told(of trial: Trial) -> RunEvent.Trial {
    let reward = isFull ? trial.fullReward : trial.reward
    if !countsRewards || reward != nil { done += 1 }
    if let reward, reward > best ?? -.infinity { best = reward }
    let left = Double(max(0, budget - done))
    // Proposals that are ruled out take no time.
    let share = countsRewards || done == 0 ? 1 : Double(units) / Double(done)
    return RunEvent.Trial(
      done: done,
      all: budget,
      number: trial.number,
      tokens: trial.tokens,
      reward: reward,
      best: best,
      reason: trial.state == .rewarded ? nil : trial.reason,
      isFull: isFull,
      secondsLeft: units == 0
        ? nil : left * share * unitSeconds / Double(units) / Double(workers)
    )
  }
}
