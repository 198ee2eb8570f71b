/// How fast steps go: since the last line of the log, and over all.
struct Pace: Sendable {
  private let start: ContinuousClock.Instant
  private var lapStart: ContinuousClock.Instant
  private var images = 0
  private var wait = Duration.zero
  private var pause = Duration.zero
  private var lapPause = Duration.zero
  private var steps = 0

  init(_ start: ContinuousClock.Instant) {
    self.start = start
    lapStart = start
  }

  /// Counts the time of `body` as waiting for images.
  mutating func waiting<Result>(_ body: () throws -> Result) rethrows -> Result {
    let begin = ContinuousClock.now
    defer { wait += ContinuousClock.now - begin }
    return try body()
  }

  /// Leaves the time of `body`, such as an evaluation, out of the count.
  mutating func pausing<Result>(_ body: () throws -> Result) rethrows -> Result {
    let begin = ContinuousClock.now
    defer {
      let time = ContinuousClock.now - begin
      pause += time
      lapPause += time
    }
    return try body()
  }

  package mutating func count(_ images: Int) {
    self.images += images
    steps += 1
  }

  /// Images a second since the last lap, and the share of that time spent waiting for them.
  mutating func lap() -> (imagesPerSecond: Double, waiting: Double) {
    let now = ContinuousClock.now
    let seconds = (now - lapStart - lapPause).seconds
    defer {
      lapStart = now
      images = 0
      wait = .zero
      lapPause = .zero
    }
    guard seconds > 0 else { return (0, 0) }
    return (Double(images) / seconds, wait.seconds / seconds)
  }

  /// The seconds that the rest of the steps take at the pace so far; nil before the first.
  func secondsLeft(done: Int, of all: Int) -> Double? {
    guard steps > 0 else { return nil }
    return (ContinuousClock.now - start - pause).seconds / Double(steps) * Double(all - done)
  }
}

extension Duration {
  /// The length in seconds.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
