import Evaluation
import Files
import PluginKit
import Search
import Testing
import Training

struct SearchLoopTests {
  private let whole = SearchSettings.over(.evolution, trials: 40)

  @Test func `trials are those that get a reward, steps all that are proposed`() throws {
    var (loop, workers) = try SearchLoop.arithmetic(whole, parallel: 3)
    let trials = try loop.run()
    #expect(trials.count { $0.reward != nil } == 40)
    #expect(workers.carriedOut.count == 40)
    #expect(trials.contains { $0.state == .infeasible })
    var (steps, _) = try SearchLoop.arithmetic(.over(.annealing, steps: 40), parallel: 3)
    #expect(try steps.run().count == 40)
  }

  @Test func `no network that a constraint rules out is tried`() throws {
    let space = ArithmeticSpace()
    space.limit = 50
    var (loop, workers) = try SearchLoop.arithmetic(whole, parallel: 2, space: space)
    let trials = try loop.run()
    #expect(workers.carriedOut.allSatisfy { $0.tokens.reduce(0, +) <= 50 })
    #expect(trials.contains { $0.state == .infeasible })
  }

  private static let halved = SearchSettings.Halving(candidates: 9, rungs: 3, factor: 3)

  /// Killed between any two entries of its store, a search ends as if it had not been, and does nothing twice.
  @Test(arguments: [nil, halved], [1, 3])
  func `a search goes on from any point to the same end`(
    halving: SearchSettings.Halving?,
    parallel: Int
  ) throws {
    var settings = whole
    settings.trials = 22
    settings.halving = halving
    settings.full = SearchSettings.Full(trials: 4, train: TrainSettings(), weights: .inherited)
    func reward(_ unit: TrialUnit) -> Double? {
      guard unit.tokens[1] % 5 != 0 else { return nil }
      return ArithmeticSpace.reward(unit.tokens) + Double(unit.rung) + (unit.kind == .full ? 3 : 0)
    }
    func search(_ store: MemoryStore) throws -> ([Trial], ShuffledWorkers) {
      let workers = ShuffledWorkers(parallel, seed: 11, reward: reward)
      var (loop, _) = try SearchLoop.arithmetic(
        settings,
        parallel: parallel,
        store: store,
        executor: workers
      )
      return (try loop.run(), workers)
    }
    let store = MemoryStore()
    let (trials, workers) = try search(store)
    for count in 0...store.log.count {
      let part = store.first(count)
      let done = Set(part.results.keys)
      let (again, rest) = try search(part)
      #expect(again == trials)
      #expect(rest.carriedOut.allSatisfy { !done.contains($0.digest) })
      #expect(done.count + rest.carriedOut.count == workers.carriedOut.count)
    }
  }

  /// Half of the proposals near the end of the smaller budget fail or are infeasible.
  @Test(arguments: 1...4)
  func `a larger budget goes on with what a smaller one has`(parallel: Int) throws {
    func search(_ trials: Int, _ store: MemoryStore) throws -> [Trial] {
      var settings = whole
      settings.trials = trials
      let workers = ShuffledWorkers(parallel, seed: 2) { unit in
        unit.tokens[0] % 2 == 0 ? nil : ArithmeticSpace.reward(unit.tokens)
      }
      var (loop, _) = try SearchLoop.arithmetic(
        settings,
        parallel: parallel,
        store: store,
        executor: workers
      )
      return try loop.run()
    }
    let wanted = try search(30, MemoryStore())
    for first in 1..<30 {
      let store = MemoryStore()
      _ = try search(first, store)
      #expect(try search(30, store) == wanted)
    }
  }

  @Test func `a store of other networks is refused`() throws {
    let store = MemoryStore()
    var (loop, _) = try SearchLoop.arithmetic(whole, store: store)
    _ = try loop.run()
    var (other, _) = try SearchLoop.arithmetic(whole, seed: 1, store: store)
    #expect(throws: SearchError.self) { try other.run() }
  }

  @Test func `a trial that fails uses up its place and the search goes on`() throws {
    let workers = ShuffledWorkers(2, seed: 1) { unit in
      unit.tokens[0] == 4 ? nil : ArithmeticSpace.reward(unit.tokens)
    }
    var (loop, _) = try SearchLoop.arithmetic(whole, parallel: 2, executor: workers)
    let trials = try loop.run()
    let failed = trials.filter { $0.state == .failed }
    #expect(!failed.isEmpty && failed.allSatisfy { $0.tokens[0] == 4 && $0.reason == "no luck" })
    #expect(trials.count { $0.reward != nil } == 40)
  }

  @Test func `a search of which every trial fails gives up`() throws {
    let workers = ShuffledWorkers(1, seed: 1) { _ in nil }
    let store = MemoryStore()
    var (loop, _) = try SearchLoop.arithmetic(whole, store: store, executor: workers)
    #expect(throws: SearchError.allFail(count: 5, last: "no luck")) { try loop.run() }
    #expect(workers.carriedOut.count == 5)
    // What was wrong is mended.
    var (mended, others) = try SearchLoop.arithmetic(whole, store: store)
    #expect(try mended.run().allSatisfy { $0.state != .failed })
    #expect(others.carriedOut.count == 40)
  }

  @Test func `a constraint that rules everything out ends with the reasons`() throws {
    let space = ArithmeticSpace()
    space.limit = 0
    var (loop, _) = try SearchLoop.arithmetic(.over(.random, steps: 30), space: space)
    let error = try #require(throws: SearchError.self) { try loop.run() }
    guard case .nothingFound(30, 30, 0, let last?) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(last.hasPrefix("macs ") || last == "the space rules it out")
  }

  /// Nine networks: nine in the first round, three in the second, one in the last, the best each time.
  @Test func `successive halving trains the best of each round further`() throws {
    var settings = whole
    settings.trials = 9
    settings.halving = SearchSettings.Halving(candidates: 9, rungs: 3, factor: 3)
    let workers = ShuffledWorkers(2, seed: 3) {
      ArithmeticSpace.reward($0.tokens) + Double($0.rung)
    }
    let store = MemoryStore()
    var (loop, _) = try SearchLoop.arithmetic(
      settings,
      parallel: 2,
      store: store,
      executor: workers
    )
    let trials = try loop.run()
    #expect([0, 1, 2].map { rung in workers.carriedOut.count { $0.rung == rung } } == [9, 3, 1])
    let byRung = trials.filter { $0.reward != nil }.sorted { $0.rung > $1.rung }
    let worth = byRung.map { ArithmeticSpace.reward($0.tokens) }
    #expect(worth[0] == worth.max())
    #expect(worth[1...2].min() ?? 0 >= worth[3...].max() ?? 1)
    #expect(SearchOutcome(trials).best == byRung[0])
    for unit in workers.carriedOut where unit.rung > 0 {
      let before = workers.carriedOut.first { $0.tokens == unit.tokens && $0.rung == unit.rung - 1 }
      #expect(unit.previous == before?.digest)
    }
    var (again, idle) = try SearchLoop.arithmetic(settings, parallel: 2, store: store)
    #expect(try again.run() == trials)
    #expect(idle.carriedOut.isEmpty)
  }

  @Test func `the longer training chooses the best, of the better half and some of the rest`()
    throws
  {
    var settings = whole
    settings.full = SearchSettings.Full(trials: 5, train: TrainSettings(), weights: .inherited)
    // The longer training turns the order round.
    let workers = ShuffledWorkers(2, seed: 3) { unit in
      let worth = ArithmeticSpace.reward(unit.tokens)
      return unit.kind == .full ? 1 - worth : worth
    }
    var (loop, _) = try SearchLoop.arithmetic(settings, parallel: 2, executor: workers)
    let outcome = SearchOutcome(try loop.run())
    let both = outcome.trials.filter { $0.fullReward != nil }
    #expect(both.count == 5 && outcome.agreement?.tau == -1)
    #expect(outcome.ranked.prefix(3).allSatisfy { $0.fullReward != nil })
    #expect(outcome.ranked.last?.fullReward != nil)
    #expect(outcome.best?.fullReward == both.compactMap(\.fullReward).max())
  }

  @Test func `of equal networks the cheapest is the best, and it is kept`() throws {
    let workers = ShuffledWorkers(1, seed: 1) { _ in 0.5 }
    var (loop, _) = try SearchLoop.arithmetic(.over(.random, trials: 12), executor: workers)
    let outcome = SearchOutcome(try loop.run())
    let least = outcome.trials.filter { $0.reward != nil }.compactMap { $0.figures?.macs }.min()
    #expect(
      outcome.best?.figures?.macs == least && outcome.front.map(\.number) == [outcome.best?.number]
    )
  }

  @Test func `a best network that fails in its last round leaves the others their rewards`() throws
  {
    var settings = whole
    settings.trials = 9
    settings.halving = Self.halved
    let workers = ShuffledWorkers(1, seed: 3) {
      $0.rung == 2 ? nil : ArithmeticSpace.reward($0.tokens)
    }
    var (loop, _) = try SearchLoop.arithmetic(settings, executor: workers)
    let outcome = SearchOutcome(try loop.run())
    #expect(outcome.best?.rung == 1 && outcome.ranked.count == 3)
  }

  @Test func `nothing on the front is dominated, and nothing off it is not`() throws {
    var (loop, _) = try SearchLoop.arithmetic(whole)
    let outcome = SearchOutcome(try loop.run())
    func point(_ trial: Trial) -> (macs: Int, reward: Double) {
      (trial.figures?.macs ?? 0, trial.reward ?? 0)
    }
    let points = outcome.trials.filter { $0.reward != nil }.map(point)
    let front = outcome.front.map(point)
    #expect(front.count > 1)
    for one in points {
      let isDominated = points.contains { other in
        let isNoWorse = other.macs <= one.macs && other.reward >= one.reward
        return isNoWorse && (other.macs < one.macs || other.reward > one.reward)
      }
      let isOnFront = front.contains { $0 == one }
      #expect(isDominated != isOnFront)
    }
  }
}

struct TrialUnitTests {
  @Test func `a line reads back, wherever the run's folder is`() throws {
    var unit = ArithmeticSpace.unit([1, 2, 3, 4, 5], .full, 2, "abc")
    #expect(TrialUnit(unit.json) == unit)
    let digest = unit.digest
    unit.folder = "/elsewhere"
    #expect(unit.digest == digest)
    unit.tokens[0] = 0
    #expect(unit.digest != digest)
  }

  @Test func `a line that was changed is no unit`() throws {
    let unit = ArithmeticSpace.unit([1, 2])
    let members = try #require(unit.json.members)
    let mixed = members.map { member in
      member.key == "tokens" ? JSONValue.Member("tokens", JSONValue([2, 2])) : member
    }
    #expect(TrialUnit(.object(members)) == unit)
    #expect(TrialUnit(.object(mixed)) == nil)
  }
}
