/// Times networks in turns, so that all meet the same load and heat.
///
/// In a turn a network is called several times in a row; the first call of a turn, which pays for what the others left in caches
/// and for threads that were sent to sleep, is not timed.
package struct LatencyTurns: Sendable, Hashable {
  /// Timed calls of each network.
  package var calls = 50
  /// Turns over which they are spread.
  package var turns = 10
  /// Calls of each network before the first turn.
  package var warmUp = 3

  package init() {}

  /// The times of every network's calls, in the networks' order.
  ///
  /// - Parameters:
  ///   - networks: what is timed.
  ///   - now: seconds on a clock that only goes forward.
  /// - Returns: one entry a network.
  /// - Throws: what a network throws.
  package func measure(
    _ networks: [any ReadyNetwork],
    now: () -> Double = Self.seconds
  ) throws -> [Latency] {
    for network in networks { for _ in 0..<warmUp { try network.run() } }
    var samples = [[Double]](repeating: [], count: networks.count)
    for turn in 0..<turns {
      // What does not divide evenly goes to the first turns.
      let timed = calls / turns + (turn < calls % turns ? 1 : 0)
      for (index, network) in networks.enumerated() where timed > 0 {
        try network.run()
        for _ in 0..<timed {
          let start = now()
          try network.run()
          samples[index].append(now() - start)
        }
      }
    }
    return samples.map(Latency.init)
  }

  private static let start = ContinuousClock.now

  /// Seconds since the first call.
  package static func seconds() -> Double { (ContinuousClock.now - start) / .seconds(1) }
}
