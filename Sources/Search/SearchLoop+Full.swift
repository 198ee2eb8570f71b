import Evaluation

extension SearchLoop {
  /// Trains some of the networks longer, and notes what they are worth then.
  mutating func runFull(_ trials: inout [Trial]) throws {
    guard let full = settings.full else { return }
    let chosen = SearchOutcome.chosen(trials, full.trials)
    progress.beginFull(chosen.count)
    var waiting: [String: Int] = [:]
    func note(_ result: TrialResult, _ trials: inout [Trial]) throws {
      guard let place = waiting.removeValue(forKey: result.unit) else { return }
      try around.store.record(result)
      progress.note(seconds: result.seconds)
      trials[place].fullReward = result.reward
      trials[place].fullSeconds = result.seconds
      trials[place].fullUnit = result.unit
      if result.reward == nil { trials[place].reason = result.reason }
      try around.store.record(trials[place])
      around.tell(.trial(progress.told(of: trials[place])))
    }
    // What an earlier run with other settings of the longer training had is no longer meant.
    for place in trials.indices where !chosen.contains(place) {
      trials[place].fullReward = nil
      trials[place].fullUnit = nil
    }
    for place in chosen {
      let unit = around.unit(trials[place].tokens, .full, 0, nil)
      waiting[unit.digest] = place
      if let result = try around.store.result(of: unit.digest) {
        try note(result, &trials)
      } else {
        try around.executor.start(unit)
      }
    }
    while !waiting.isEmpty { try note(try around.executor.next(), &trials) }
  }
}
