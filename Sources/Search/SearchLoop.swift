import Datasets
package import Evaluation
import Files
package import PluginKit

/// A search from its first proposal, or from what its store has of it, to its end.
///
/// A proposal is made when all trials but the last feasible ones, parallel - 1 of them, were taken notice of, and no others, in their
/// order, whichever ended first: the networks visited depend on rewards alone, not on the clock, nor on where a search was interrupted, nor on its budget.
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

  let settings: SearchSettings
  let around: Surroundings
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
  /// Trials of a bracket whose round is over.
  private var finished: [Trial] = []
  /// Trials that the searcher was told of, in their order, and how many feasible ones it was not told of.
  private var observed = 0
  private var untold = 0
  /// Trials that the budget has counted, in their order, how many of them have a reward, and how many others are feasible.
  private var counted = 0
  private var rewarded = 0
  private var uncounted = 0
  /// The trials with rewards that the searcher was told of.
  private var judged: [Trial] = []
  private var isExhausted = false
  /// Whether failures that are stored are tried again.
  private var retriesFailures = false
  var progress: SearchProgress

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
        start: settings.start ?? around.networks.start,
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
    let stored = try around.store.trials()
    // Where every trial failed something was wrong that may have been mended since.
    retriesFailures =
      !stored.contains { $0.reward != nil } && stored.contains { $0.state == .failed }
    for trial in stored where !(retriesFailures && trial.state == .failed) {
      known[trial.number] = trial
    }
    if let halving = settings.halving {
      while try runBracket(halving) {}
    } else {
      while try advance() {}
      while observed < trials.count { try observeNext() }
    }
    if isExhausted {
      around.tell(
        .searchExhausted(searcher: settings.searcher.name, proposals: trials.count)
      )
    }
    var decided = trials.compactMap(\.self)
    guard rewarded > 0 else {
      throw SearchError.nothingFound(
        proposed: decided.count,
        infeasible: decided.count { $0.state == .infeasible },
        failed: decided.count { $0.state == .failed },
        last: decided.last { $0.reason != nil }?.reason
      )
    }
    try runFull(&decided)
    return decided
  }

  // MARK: Proposals

  /// Whether nothing more may be proposed, whatever the trials under way come to.
  private var isOver: Bool { isExhausted || settings.steps.map { trials.count >= $0 } ?? false }

  /// Whether as many trials as are wanted have a reward, or may still get one.
  private var isBudgetSpent: Bool {
    settings.trials.map { rewarded + uncounted >= $0 } ?? false
  }

  /// Makes the next proposal, or waits for what it depends on.
  ///
  /// The searcher learns no more than the next proposal must know, and the budget is counted separately: neither a trial that ends
  /// early nor a larger budget changes what is proposed.
  ///
  /// - Returns: false at the end.
  private mutating func advance() throws -> Bool {
    if isOver {
      guard observed < trials.count else { return false }
      try observeNext()
    } else if isBudgetSpent {
      guard counted < trials.count else { return false }
      try countNext()
    } else if untold >= window {
      try observeNext()
    } else if try propose() == nil {
      // What is under way may move the searcher to where there are others.
      if observed < trials.count { try observeNext() } else { isExhausted = true }
    }
    return true
  }

  /// The trial of a number, once it is decided.
  private mutating func decided(_ number: Int) throws -> Trial {
    while true {
      if let trial = trials[number] { return trial }
      try take(try around.executor.next())
    }
  }

  /// Counts the next trial in order.
  private mutating func countNext() throws {
    let trial = try decided(counted)
    if trial.reward != nil { rewarded += 1 }
    if trial.state != .infeasible { uncounted -= 1 }
    counted += 1
  }

  /// Tells the searcher of the next trial in order.
  private mutating func observeNext() throws {
    let trial = try decided(observed)
    var random = SampleRandom(seed: seed, round: trial.number, sample: 1, purpose: 0x5EA6)
    searcher.observe(trial.tokens, reward: trial.reward, &random)
    observed += 1
    if trial.state != .infeasible { untold -= 1 }
    while counted < observed { try countNext() }
    if trial.reward != nil { judged.append(trial) }
    if !trial.units.isEmpty { try forgetDominated(trial) }
  }

  /// Makes the next proposal: decided at once where it is known or infeasible, else under way.
  ///
  /// - Returns: the trial, which is under way where its state is ``Trial/State/rewarded``; nil where there is no network left.
  private mutating func propose() throws -> Trial? {
    let number = trials.count
    var random = SampleRandom(seed: seed, round: number, sample: 0, purpose: 0x5EA6)
    guard let tokens = searcher.propose(&random) else { return nil }
    let stored = known[number]
    if let stored {
      guard stored.tokens == tokens else {
        throw SearchError.otherTrials(number: number, stored: stored.tokens, found: tokens)
      }
      // A bracket is gone through again, by the results of its units.
      if settings.halving == nil || stored.units.isEmpty {
        trials.append(stored)
        note(stored)
        progress.skip(stored)
        return stored
      }
    }
    var trial = Trial(number: number, tokens: tokens, state: .rewarded)
    trial.seed = seed
    if let stored {
      trial.figures = stored.figures
    } else {
      try examine(&trial)
    }
    note(trial)
    guard trial.state == .rewarded else {
      trials.append(trial)
      try keep(trial)
      return trial
    }
    trials.append(nil)
    if settings.halving == nil { try start(trial, rung: 0, previous: nil) }
    return trial
  }

  /// Counts a proposal; one that is infeasible takes no place of others.
  private mutating func note(_ trial: Trial) {
    guard trial.state != .infeasible else { return }
    untold += 1
    uncounted += 1
  }

  /// Asks whether there is a network of a trial's tokens, and what it costs; the state says so.
  ///
  /// - Throws: what is no fault of the network.
  private func examine(_ trial: inout Trial) throws {
    do {
      guard try around.networks.isFeasible(trial.tokens) else {
        trial.state = .infeasible
        trial.reason = "the space rules it out"
        return
      }
      let tokens = trial.tokens
      let (figures, violation) =
        try around.networks.measures
        ? around.executor.whilePaused { try around.networks.figures(of: tokens) }
        : around.networks.figures(of: tokens)
      trial.figures = figures
      guard let violation else { return }
      trial.state = .infeasible
      trial.reason = violation
    } catch let error as FileError { throw error } catch {
      trial.state = .failed
      trial.reason = "\(error)"
    }
  }

  /// Keeps a trial that is decided.
  private mutating func keep(_ trial: Trial) throws {
    trials[trial.number] = trial
    try around.store.record(trial)
    around.tell(.trial(progress.told(of: trial)))
    guard trial.state == .failed else { return }
    let decided = trials.compactMap(\.self)
    if decided.count(where: { $0.state == .failed }) >= Self.patience,
      !decided.contains(where: { $0.reward != nil })
    {
      throw SearchError.allFail(count: Self.patience, last: trial.reason ?? "nothing")
    }
  }

  // MARK: Units

  /// Has a unit of a trial carried out, unless its result is there.
  private mutating func start(_ trial: Trial, rung: Int, previous: String?) throws {
    let unit = around.unit(trial.tokens, .quick, rung, previous)
    var trial = trial
    trial.units.append(unit.digest)
    running[unit.digest] = trial
    if let result = try around.store.result(of: unit.digest),
      result.reward != nil || !retriesFailures
    {
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
    trial.reason = result.reason
    if result.reward == nil, trial.reward != nil {
      // One that fails in a later round keeps the reward of the one before.
      trial.units.removeLast()
    } else {
      trial.reward = result.reward
      trial.state = result.reward == nil ? .failed : .rewarded
    }
    progress.note(seconds: result.seconds)
    if settings.halving == nil { try keep(trial) } else { finished.append(trial) }
  }

  // MARK: Successive halving

  /// Trains a bracket of networks in rounds.
  ///
  /// - Returns: false where nothing was left to propose.
  private mutating func runBracket(_ halving: SearchSettings.Halving) throws -> Bool {
    let before = trials.count
    var alive: [Trial] = []
    while alive.count < halving.candidates, !isOver,
      settings.trials.map({ rewarded + alive.count < $0 }) ?? true
    {
      guard let trial = try propose() else {
        isExhausted = true
        break
      }
      if trials[trial.number] == nil { alive.append(trial) }
    }
    guard trials.count > before else { return false }
    var previous: [Int: String] = [:]
    for rung in 0..<halving.rungs where !alive.isEmpty {
      finished = []
      for trial in alive { try start(trial, rung: rung, previous: previous[trial.number]) }
      while !running.isEmpty { try take(try around.executor.next()) }
      let ranked = finished.sorted {
        let (a, b) = ($0.reason == nil, $1.reason == nil)
        guard a == b else { return a }
        return ($0.reward ?? -.infinity, -$0.number) > ($1.reward ?? -.infinity, -$1.number)
      }
      let isLast = rung == halving.rungs - 1
      let kept = isLast ? 0 : (ranked.count + halving.factor - 1) / halving.factor
      let going = ranked.prefix(kept).filter { $0.reason == nil }
      for var trial in ranked.dropFirst(going.count) {
        trial.rung = trial.reason == nil ? rung : max(0, rung - 1)
        try keep(trial)
      }
      for trial in going { previous[trial.number] = trial.units.last }
      alive = going.sorted { $0.number < $1.number }
    }
    while observed < trials.count { try observeNext() }
    return true
  }

  /// Removes the files of networks that another is better and cheaper than, after a trial that the searcher was told of.
  private func forgetDominated(_ trial: Trial) throws {
    let kept = SearchOutcome.kept(judged)
    let gone = judged.filter { !kept.contains($0.number) } + (trial.reward == nil ? [trial] : [])
    for each in gone { for unit in each.units { try around.forget(unit) } }
    // Of one that is kept the earlier rounds are of no more use.
    for each in judged where kept.contains(each.number) {
      for unit in each.units.dropLast() { try around.forget(unit) }
    }
  }
}

@available(*, unavailable) extension SearchLoop: Sendable {}
@available(*, unavailable) extension SearchLoop.Surroundings: Sendable {}
