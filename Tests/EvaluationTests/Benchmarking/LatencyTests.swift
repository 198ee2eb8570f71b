import Evaluation
import Graphs
import Testing

struct LatencyTests {
  @Test
  func `percentiles are calls that were measured, by the nearest rank`() {
    // Ranks of ten by hand: 50 % is the 5th, 90 % the 9th, 99 % the 10th, 91 % the 10th.
    let latency = Latency([9, 1, 8, 2, 7, 3, 6, 4, 5, 10])
    #expect(latency.count == 10)
    #expect(latency.least == 1)
    #expect(latency.median == 5)
    #expect(latency.percentile(90) == 9)
    #expect(latency.percentile(91) == 10)
    #expect(latency.percentile(99) == 10)
    #expect(latency.percentile(100) == 10)
    #expect(latency.mean == 5.5)
  }

  @Test
  func `the middle of an odd number of calls is the middle one, of one call that one`() {
    #expect(Latency([3, 1, 2]).median == 2)
    #expect(Latency([4]).percentile(0) == 4)
    #expect(Latency([4]).percentile(99) == 4)
  }
}

struct LatencyTurnsTests {
  /// A network that writes down when it was called.
  private final class Recorder: ReadyNetwork {
    private let name: String
    private let log: Log
    init(_ name: String, _ log: Log) { (self.name, self.log) = (name, log) }
    func run() { log.text += name }
    func outputs() -> [String: Constant] { [:] }
  }

  /// What was called in which order; the clock goes on by one a reading.
  private final class Log {
    var text = ""
    var time = 0.0
    func now() -> Double {
      text += "."
      time += 1
      return time
    }
  }

  @Test
  func `networks take turns, each of which begins with a call that is not timed`() throws {
    let log = Log()
    var turns = LatencyTurns()
    (turns.calls, turns.turns, turns.warmUp) = (3, 2, 2)
    let found = try turns.measure([Recorder("a", log), Recorder("b", log)], now: log.now)
    // To warm up, then two timed calls in the first turn and one in the second; a dot is a look at the clock.
    #expect(log.text == "aabb" + "a.a..a." + "b.b..b." + "a.a." + "b.b.")
    #expect(found.map(\.count) == [3, 3])
    #expect(found.map(\.median) == [1, 1])
  }

  @Test
  func `fewer calls than turns are all made`() throws {
    let log = Log()
    var turns = LatencyTurns()
    (turns.calls, turns.turns, turns.warmUp) = (1, 10, 0)
    #expect(try turns.measure([Recorder("a", log)], now: log.now).map(\.count) == [1])
    #expect(log.text == "a.a.")
  }
}

struct OutputDifferenceTests {
  @Test
  func
    `the difference is the greatest of any output, as a share of that output's greatest magnitude`()
  {
    let expected = [
      "a": Constant([1, -4, 2], shape: [3]), "b": Constant([100, 50], shape: [2]),
    ]
    let found = ["a": Constant([1.5, -4, 2], shape: [3]), "b": Constant([100, 49], shape: [2])]
    // 0.5 of 4 against 1 of 100.
    #expect(OutputDifference.share(found, of: expected) == 0.125)
    #expect(OutputDifference.share(expected, of: expected) == 0)
  }

  @Test
  func `outputs of other sizes or names cannot be compared`() {
    let expected = ["a": Constant([1, 2], shape: [2])]
    #expect(OutputDifference.share(["a": Constant([1, 2], shape: [1, 2])], of: expected) == nil)
    #expect(OutputDifference.share(["b": Constant([1, 2], shape: [2])], of: expected) == nil)
  }
}
