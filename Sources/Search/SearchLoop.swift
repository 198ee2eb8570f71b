import Datasets
package import Evaluation
import PluginHost
package import PluginKit

/// A search from its first proposal, or from what its store has of it, to its end.
///
/// Proposal k is made when trials 0 to k - parallel, and no others, were taken notice of, in their order, whichever ended first: the
/// networks visited depend on rewards alone, not on the clock, nor on where a search was interrupted.
package struct SearchLoop {
  /// What the loop works with.
  package struct Surroundings {
    package var networks: any SearchedSpace
    package var store: any TrialStore
    package var executor: any TrialExecutor
    /// A unit of work on tokens.
    package var unit:
      (_ tokens: [Int], TrialUnit.Kind, _ rung: Int, _ previous: String?) -> TrialUnit
    /// Told when a trial's files are of no more use.
    package var forget: (_ unit: String) throws -> Void
    package var tell: (RunEvent) -> Void

    package init(
      networks: any SearchedSpace,
      store: any TrialStore,
      executor: any TrialExecutor,
      unit:
        @escaping (
          _ tokens: [Int], TrialUnit.Kind, _ rung: Int, _ previous: String?
        ) -> TrialUnit,
      forget: @escaping (_ unit: String) throws -> Void = { _ in },
      tell: @escaping (RunEvent) -> Void = { _ in }
    ) {
      self.networks = networks
      self.store = store
      self.executor = executor
      self.unit = unit
      self.forget = forget
      self.tell = tell
    }
  }

  /// Trials that may all fail before the search gives up.
  private static let patience = 5

  private let settings: SearchSettings
  private let around: Surroundings
  private let seed: UInt64
  /// Trials under way at once.
  private let window: Int
  private var searcher: any Searcher
  /// What the store had of trials when the loop began.
  private var known: [Int: Trial] = [:]
  /// Trials by their numbers; nil while under way.
  private var trials: [Trial?] = []
  /// The trials under way, by their units.
  private var running: [String: Trial] = [:]
  /// Trials that the searcher was told of.
  private var observed = 0
  private var isExhausted = false
  private var progress: SearchProgress

  /// A search of which nothing is done, or what the store has.
  ///
  /// - Parameters:
  ///   - settings: of the step.
  ///   - around: networks, store, executor.
  ///   - parallel: trials under way at once.
  ///   - seed: of the run.
  /// - Throws: `PluginError` for options of the searcher that were not checked.
  package init(
    _ settings: SearchSettings,
    _ around: Surroundings,
    parallel: Int,
    seed: UInt64
  ) throws(PluginError) {
    self.settings = settings
    self.around = around
    self.seed = seed
    window = settings.halving?.candidates ?? max(1, parallel)
    searcher = try settings.searcher.searcher(
      settings.options,
      SearchProblem(
        dimensions: around.networks.dimensions,
        start: around.networks.start,
        parallel: window
      )
    )
    progress = SearchProgress(
      budget: settings.trials ?? settings.steps ?? 0,
      countsRewards: settings.trials != nil,
      workers: around.executor.workers
    )
  }

  /// Searches to the end.
  ///
  /// - Returns: every trial, in the order of proposals.
  /// - Throws: ``SearchError``; what a space, a store or a worker refuses.
  package mutating func run() throws -> [Trial] {
    for trial in try around.store.trials() { known[trial.number] = trial }
    if let halving = settings.halving {
      while try runBracket(halving) {}
    } else {
      while try advance() {}
    }
    var decided = trials.compactMap(\.self)
    try runFull(&decided)
    guard decided.contains(where: { $0.reward != nil }) else {
      throw SearchError.nothingFound(
        proposed: decided.count,
        infeasible: decided.count { $0.state == .infeasible },
        failed: decided.count { $0.state == .failed },
        last: decided.last { $0.reason != nil }?.reason
      )
    }
    return decided
  }

  // MARK: Proposals

  /// Proposals that the searcher was told nothing of yet.
  private var ahead: Int { trials.count - observed }

  /// Whether nothing more may be proposed, whatever the trials under way come to.
  private var isOver: Bool { isExhausted || settings.steps.map { trials.count >= $0 } ?? false }

  /// Whether as many trials as are wanted have a reward, or may still get one.
  private var isBudgetSpent: Bool {
    guard let wanted = settings.trials else { return false }
    return trials.prefix(observed).count { $0?.reward != nil } + ahead >= wanted
  }

  private var mayPropose: Bool { ahead < window && !isOver && !isBudgetSpent }

  /// Makes the next proposal, or has the searcher take notice of the next trial, waiting until it is decided.
  ///
  /// It takes notice of no more than the next proposal must know, so that a trial which ends early changes nothing.
  ///
  /// - Returns: false at the end.
  private mutating func advance() throws -> Bool {
    if mayPropose {
      _ = try propose()
      return true
    }
    guard ahead > 0 else { return false }
    while trials[observed] == nil { try take(try around.executor.next()) }
    try observeNext()
    return true
  }

  /// Makes the next proposal: decided at once where it is known or infeasible, else under way.
  ///
  /// - Returns: false where there is no network left.
  private mutating func propose() throws -> Bool {
    let number = trials.count
    var random = SampleRandom(seed: seed, round: number, sample: 0, purpose: 0x5EA6)
    guard let tokens = searcher.propose(&random) else {
      isExhausted = true
      return false
    }
    if let trial = known[number] {
      guard trial.tokens == tokens else {
        throw SearchError.otherTrials(number: number, stored: trial.tokens, found: tokens)
      }
      trials.append(trial)
      return true
    }
    var trial = Trial(number: number, tokens: tokens, state: .infeasible)
    trial.seed = seed
    do {
      guard try around.networks.isFeasible(tokens) else {
        trial.reason = "the space rules it out"
        try decide(trial, isNew: true)
        return true
      }
      let (figures, violation) = try around.networks.figures(of: tokens)
      trial.figures = figures
      if let violation {
        trial.reason = violation
        try decide(trial, isNew: true)
        return true
      }
    } catch let failure as StrategyFailure {
      trial.state = .failed
      trial.reason = "\(failure)"
      try decide(trial, isNew: true)
      return true
    }
    trials.append(nil)
    guard settings.halving == nil else {
      running["#\(number)"] = trial
      return true
    }
    try start(trial, rung: 0, previous: nil)
    return true
  }

  /// Keeps a trial that is decided.
  private mutating func decide(_ trial: Trial, isNew: Bool = false) throws {
    if isNew { trials.append(trial) } else { trials[trial.number] = trial }
    try around.store.record(trial)
    around.tell(.trial(progress.told(of: trial)))
  }

  /// Tells the searcher of the next trial in order, which is decided.
  private mutating func observeNext() throws {
    guard let trial = trials[observed] else { return }
    var random = SampleRandom(seed: seed, round: trial.number, sample: 1, purpose: 0x5EA6)
    searcher.observe(trial.tokens, reward: trial.reward, &random)
    observed += 1
    let begun = trials.prefix(observed).compactMap(\.self)
    let failed = begun.count { $0.state == .failed }
    if failed >= Self.patience, !begun.contains(where: { $0.reward != nil }) {
      throw SearchError.allFail(count: Self.patience, last: trial.reason ?? "nothing")
    }
    try forgetDominated()
  }

  // MARK: Units

  /// Has a unit of a trial carried out, unless its result is there.
  private mutating func start(_ trial: Trial, rung: Int, previous: String?) throws {
    let unit = around.unit(trial.tokens, .quick, rung, previous)
    var trial = trial
    trial.units.append(unit.digest)
    running[unit.digest] = trial
    if let result = try around.store.result(of: unit.digest) {
      try take(result)
    } else {
      try around.executor.start(unit)
    }
  }

  /// Takes over what a unit came to.
  private mutating func take(_ result: TrialResult) throws {
    guard var trial = running.removeValue(forKey: result.unit) else { return }
    try around.store.record(result)
    trial.seconds += result.seconds
    trial.reward = result.reward
    trial.state = result.reward == nil ? .failed : .rewarded
    trial.reason = result.reason
    progress.note(seconds: result.seconds)
    if settings.halving == nil {
      try decide(trial)
    } else {
      finished.append(trial)
    }
  }

  /// Trials of a bracket whose round is over.
  private var finished: [Trial] = []

  // MARK: Successive halving

  /// Trains a bracket of networks in rounds.
  ///
  /// - Returns: false where nothing was left to propose.
  private mutating func runBracket(_ halving: SearchSettings.Halving) throws -> Bool {
    let before = trials.count
    while mayPropose, try propose() {}
    guard trials.count > before else { return false }
    var alive = running.values.sorted { $0.number < $1.number }
    running = [:]
    var previous: [Int: String] = [:]
    for rung in 0..<halving.rungs where !alive.isEmpty {
      finished = []
      for trial in alive { try start(trial, rung: rung, previous: previous[trial.number]) }
      while !running.isEmpty { try take(try around.executor.next()) }
      let ranked = finished.sorted {
        ($0.reward ?? -.infinity, -$0.number) > ($1.reward ?? -.infinity, -$1.number)
      }
      let isLast = rung == halving.rungs - 1
      let kept = isLast ? 0 : (ranked.count + halving.factor - 1) / halving.factor
      let going = ranked.prefix(kept).filter { $0.reward != nil }
      for var trial in ranked.dropFirst(going.count) {
        trial.rung = rung
        try decide(trial)
      }
      for trial in going { previous[trial.number] = trial.units.last }
      alive = going.sorted { $0.number < $1.number }
    }
    while ahead > 0 { try observeNext() }
    return true
  }

  // MARK: The longer training

  /// Trains some of the networks longer, and notes what they are worth then.
  private mutating func runFull(_ trials: inout [Trial]) throws {
    guard let full = settings.full else { return }
    let chosen = SearchOutcome.spread(trials, full.trials)
    var waiting: [String: Int] = [:]
    func note(_ result: TrialResult, _ trials: inout [Trial]) throws {
      guard let place = waiting.removeValue(forKey: result.unit) else { return }
      try around.store.record(result)
      trials[place].fullReward = result.reward
      trials[place].fullSeconds = result.seconds
      trials[place].units.append(result.unit)
      if result.reward == nil { trials[place].reason = result.reason }
      try around.store.record(trials[place])
      around.tell(.trial(progress.told(of: trials[place])))
    }
    progress.beginFull(chosen.count)
    for place in chosen {
      let unit = around.unit(trials[place].tokens, .full, 0, nil)
      guard trials[place].fullReward == nil else { continue }
      waiting[unit.digest] = place
      if let result = try around.store.result(of: unit.digest) {
        try note(result, &trials)
      } else {
        try around.executor.start(unit)
      }
    }
    while !waiting.isEmpty {
      let result = try around.executor.next()
      progress.note(seconds: result.seconds)
      try note(result, &trials)
    }
  }

  /// Removes the files of networks that another is better and cheaper than.
  private func forgetDominated() throws {
    let begun = trials.prefix(observed).compactMap(\.self)
    let kept = Set(SearchOutcome.front(begun).flatMap { $0.units.suffix(1) })
    // Those that were trained longer are few, and the best may be among them.
    for trial in begun where trial.fullReward == nil {
      for unit in trial.units where !kept.contains(unit) { try around.forget(unit) }
    }
  }
}

@available(*, unavailable) extension SearchLoop: Sendable {}
@available(*, unavailable) extension SearchLoop.Surroundings: Sendable {}
