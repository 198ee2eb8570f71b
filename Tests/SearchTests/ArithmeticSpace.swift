import PluginKit
import Search

/// A space whose rewards are arithmetic on tokens, the same as in searchers.py.
final class ArithmeticSpace: SearchedSpace {
  let dimensions: [SearchDimension]
  let start = [2, 3, 0, 3, 10]

  /// Dimensions of these numbers of values; the default is that of searchers.py.
  init(sizes: [Int] = [23, 17, 29, 31, 19]) {
    let lows = [0, 2, -1, 0, 10]
    dimensions = zip(["a", "b", "c", "d", "e"], zip(lows, sizes)).map { name, range in
      SearchDimension(name, range.0...(range.0 + range.1 - 1))
    }
  }

  func isFeasible(_ tokens: [Int]) -> Bool { !tokens.reduce(0, +).isMultiple(of: 5) }

  let measures = false

  /// Multiply-adds are the sum of the tokens; more than the limit rules a network out.
  var limit = Int.max

  func figures(of tokens: [Int]) -> (figures: NetworkFigures, violation: String?) {
    let sum = tokens.reduce(0, +)
    return (NetworkFigures(macs: sum, parameters: 1), sum > limit ? "macs \(sum)" : nil)
  }

  static func reward(_ tokens: [Int]) -> Double {
    let sum = tokens.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element * $1.element }
    return Double(sum * 7919 % 1000) / 1000
  }

  /// A unit of work on tokens.
  static func unit(
    _ tokens: [Int],
    _ kind: TrialUnit.Kind = .quick,
    _ rung: Int = 0,
    _ previous: String? = nil
  ) -> TrialUnit {
    TrialUnit(
      recipe: "",
      base: "/",
      folder: "/run",
      step: 1,
      network: "",
      tokens: tokens,
      kind: kind,
      rung: rung,
      previous: previous,
      threads: 1
    )
  }
}

/// A store in memory.
final class MemoryStore: TrialStore {
  private(set) var kept: [Int: Trial] = [:]
  private(set) var results: [String: TrialResult] = [:]

  func trials() -> [Trial] { kept.values.sorted { $0.number < $1.number } }
  func record(_ trial: Trial) {
    kept[trial.number] = trial
    log.append(.trial(trial))
  }

  func result(of unit: String) -> TrialResult? { results[unit] }
  func record(_ result: TrialResult) {
    results[result.unit] = result
    log.append(.result(result))
  }

  /// What is written to the store, in order.
  private(set) var log: [Entry] = []

  enum Entry {
    case trial(Trial)
    case result(TrialResult)
  }

  /// What a search that was killed after so many entries has left.
  func first(_ count: Int) -> MemoryStore {
    let part = MemoryStore()
    for entry in log.prefix(count) {
      switch entry {
      case .trial(let trial): part.record(trial)
      case .result(let result): part.record(result)
      }
    }
    return part
  }
}

/// Workers that end in another order than they began.
final class ShuffledWorkers: TrialExecutor {
  let workers: Int
  private var waiting: [TrialUnit] = []
  private(set) var carriedOut: [TrialUnit] = []
  private var state: UInt64
  private let reward: (TrialUnit) -> Double?

  init(_ workers: Int, seed: UInt64, reward: @escaping (TrialUnit) -> Double?) {
    self.workers = workers
    self.reward = reward
    state = seed
  }

  func start(_ unit: TrialUnit) { waiting.append(unit) }

  func next() -> TrialResult {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let unit = waiting.remove(at: Int(state >> 33) % min(workers, waiting.count))
    carriedOut.append(unit)
    let worth = reward(unit)
    return TrialResult(
      unit: unit.digest,
      reward: worth,
      seconds: 1,
      reason: worth == nil ? "no luck" : nil
    )
  }
}

extension SearchLoop {
  /// A search over the arithmetic space.
  static func arithmetic(
    _ settings: SearchSettings,
    parallel: Int = 1,
    seed: UInt64 = 0,
    space: ArithmeticSpace = ArithmeticSpace(),
    store: MemoryStore = MemoryStore(),
    executor: ShuffledWorkers? = nil
  ) throws -> (SearchLoop, ShuffledWorkers) {
    let executor =
      executor ?? ShuffledWorkers(parallel, seed: seed) { ArithmeticSpace.reward($0.tokens) }
    let loop = try SearchLoop(
      settings,
      SearchLoop.Surroundings(
        networks: space,
        store: store,
        executor: executor,
        unit: { ArithmeticSpace.unit($0, $1, $2, $3) }
      ),
      parallel: parallel,
      seed: seed
    )
    return (loop, executor)
  }
}

extension SearchSettings {
  /// A search of so many proposals.
  static func over(
    _ searcher: SearcherKind,
    steps: Int? = nil,
    trials: Int? = nil,
    options: [String: ParameterValue] = [:]
  ) -> SearchSettings {
    var settings = SearchSettings(space: "arithmetic", searcher: searcher)
    settings.steps = steps
    settings.trials = trials
    settings.options = Settings(options)
    return settings
  }
}
