import Evaluation
import PluginKit
import Reports
import Testing

struct RunEventTextTests {
  private func iteration(_ done: Int, metric: Double? = nil) -> RunEvent {
    .iteration(
      .init(
        done: done,
        all: 12,
        loss: 1.23456,
        imagesPerSecond: 8.26,
        secondsLeft: 3723.2,
        metric: metric
      )
    )
  }

  @Test
  func `an iteration has its loss, its speed, its metric, and the time left unless it is the last`()
  {
    #expect(iteration(3).text == "step 3 of 12, loss 1.2346, 8.3 images/s, 1:02:04 left")
    #expect(
      iteration(12, metric: 0.5).text == "step 12 of 12, loss 1.2346, 8.3 images/s, metric 0.5000"
    )
  }

  @Test
  func `a layer that is timed has its key, its number, and the time left`() {
    let first = RunEvent.timing(.init(key: "conv,0", done: 0, all: 9, secondsLeft: nil))
    #expect(first.text == "timing 1 of 9: conv,0")
    let third = RunEvent.timing(.init(key: "conv,1", done: 2, all: 9, secondsLeft: 70.5))
    #expect(third.text == "timing 3 of 9: conv,1, 1:11 left")
    #expect(third.isProgress)
  }

  @Test(arguments: [
    (RunEvent.Step("prune", strategies: ["uniform"]), "prune by uniform"),
    (RunEvent.Step("train", length: .epochs(3)), "train for 3 epochs"),
    (
      RunEvent.Step("distill", strategies: ["split", "l2"], length: .iterations(20)),
      "distill by split, l2 for 20 iterations"
    ),
    (RunEvent.Step("distill", length: .iterations(5)), "match the teacher for 5 iterations"),
  ])
  func `a step is named by what it does`(step: RunEvent.Step, text: String) {
    #expect(RunEvent.step(step, number: 2, of: 3).text == "step 2 of 3: \(text)")
  }

  @Test
  func `of many small parts some are worth a line`() {
    let said = (1...100).filter { RunEvent.work(.cuts, done: $0, of: 100).text != nil }
    #expect(said == Array(stride(from: 5, through: 100, by: 5)))
    let evaluated = (1...20).filter { RunEvent.work(.evaluation, done: $0, of: 20).text != nil }
    #expect(evaluated == [8, 16, 20])
  }

  @Test
  func `weights that were left are counted, and a few are named`() {
    let names = ["a", "b", "c", "d", "e", "f"]
    #expect(
      RunEvent.weightsLeft(.shape, names: names).text
        == "warning: 6 weights not taken over for their shape: 'a', 'b', 'c', 'd', 'e', …"
    )
    #expect(
      RunEvent.weightsLeft(.missing, names: ["a"]).text
        == "warning: 1 weights not in the file: 'a'"
    )
  }

  @Test(arguments: [(LogLevel.info, nil), (.warning, "w"), (.error, "w")] as [(LogLevel, String?)])
  func `of plugins' messages warnings are said`(level: LogLevel, text: String?) {
    #expect(RunEvent.plugin(level, "w").text == text)
  }

  @Test
  func `what is to be read later is no progress`() {
    #expect(iteration(3).isProgress)
    #expect(!RunEvent.plugin(.warning, "w").isProgress)
    #expect(!RunEvent.damagedCheckpoint("x").isProgress)
  }
}
