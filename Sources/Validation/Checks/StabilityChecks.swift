import PluginKit

extension Trial {
  /// The same calls of one new instance after another.
  fileprivate func newInstances<Made: Exercise>(_ first: Made) throws -> () throws -> Void {
    let subject = subject
    return try Made.rounds(
      {
        guard let made = try subject.make() as? Made else { return first }
        return made
      },
      Inputs(),
      seed: seed
    )
  }
}

extension Check {
  static let determinism: [Check] = [
    Check(name: "determinism.repeat") { trial in
      let exercise = try trial.subject.make()
      let first = try trial.answer(exercise)
      try trial.demandEqual(first, try trial.answer(exercise), "a second call answers otherwise")
      let other = try trial.answer(trial.subject.make())
      try trial.demandEqual(first, other, "a second instance answers otherwise")
    },
    // The answers of two processes are compared by whoever started them.
    Check(name: "determinism.process") { trial in
      guard trial.subject.description.isDeterministic else {
        throw Finding.skip("it does not claim to be deterministic")
      }
      let answer = try trial.answer(trial.subject.make())
      trial.digest = answer.reduce(UInt64(answer.count)) { ($0 ^ $1) &* 0x0000_0100_0000_01B3 }
    },
  ]

  static let leaks: [Check] = [
    Check(name: "leaks.instances", cases: { _ in 1 }) { trial in
      try measure(trial.level.rounds, try trial.newInstances(trial.subject.make()))
    },
    Check(name: "leaks.calls", cases: { _ in 1 }) { trial in
      try measure(trial.level.rounds, try trial.subject.make().rounds(Inputs(), seed: trial.seed))
    },
  ]

  /// Throws where every one of many stretches of rounds leaves more behind than noise: caches fill up once, leaks never end.
  private static func measure(_ rounds: Int, _ body: () throws -> Void) throws {
    let stretch = max(1, rounds / 5)
    for _ in 0..<2 * stretch { try body() }
    let before = ProcessFacts()
    var heap = ProcessFacts.heap
    var least = Int.max
    var half = 0
    for _ in 0..<12 where least >= 16 * stretch {
      for _ in 0..<stretch { try body() }
      half += stretch
      let now = ProcessFacts.heap
      least = min(least, now - heap)
      heap = now
    }
    let after = ProcessFacts()
    if least >= 16 * stretch {
      throw Finding.fail("each of \(half) rounds left \(least / stretch) bytes behind, or more")
    }
    if after.files > before.files {
      throw Finding.fail("\(half) rounds left \(after.files - before.files) files open")
    }
    if after.threads > before.threads {
      throw Finding.fail("\(half) rounds left \(after.threads - before.threads) threads running")
    }
  }

  static let fuzz: [Check] = [
    Check(name: "fuzz.values", cases: { $0.cases * 4 }) { trial in
      let exercise = try trial.subject.make()
      for kind in [ValueKind.poisoned, .huge, .normal] {
        // An error is an answer; a crash or a hang is none.
        _ = try? trial.answer(exercise, Inputs(kind: kind))
        _ = trial.place.log.take()
      }
    }
  ]

  static let cancel: [Check] = [
    Check(name: "cancel.stop", cases: { _ in 1 }) { trial in
      let exercise = try trial.subject.make()
      let begin = ContinuousClock.now
      _ = try? trial.answer(exercise, Inputs(stops: true))
      let taken = ContinuousClock.now - begin
      if taken > .seconds(2) {
        throw Finding.fail("it was asked to stop from the beginning and took \(taken)")
      }
    }
  ]
}
