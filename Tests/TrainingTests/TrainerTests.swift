import Datasets
import Graphs
import Tensors
import TestNetworks
import Testing
import Training

struct TrainerTests {
  private func trainer(_ change: (inout TrainSettings) -> Void = { _ in }) throws -> Trainer {
    var settings = SmallProblem.settings(100)
    change(&settings)
    return try Trainer(
      try SmallProblem.model(),
      task: CornerTask(),
      settings: settings,
      steps: 100,
      seed: 1
    )
  }

  @Test(arguments: TrainSettings.Optimiser.allCases, [false, true])
  func `the loss goes down`(optimiser: TrainSettings.Optimiser, channelsLast: Bool) throws {
    let trainer = try trainer {
      $0.optimiser = optimiser
      $0.learningRate = optimiser == .sgd ? 0.05 : 0.01
      $0.channelsLast = channelsLast
    }
    let losses = try (0..<60).map {
      try trainer.train(on: DrawnBatches().batch($0)).loss
    }
    let (first, last) = (losses[..<5].reduce(0, +), losses[55...].reduce(0, +))
    #expect(last < first / 4, "\(losses)")
  }

  @Test
  func `autocast computes in bfloat16 and still learns`() throws {
    let (wide, narrow) = (try trainer(), try trainer { $0.autocast = .bfloat16 })
    let batch = try DrawnBatches().batch(0)
    let (exact, rounded) = (try wide.train(on: batch).loss, try narrow.train(on: batch).loss)
    #expect(exact != rounded)
    #expect(abs(exact - rounded) < 0.02 * exact)
    var last = 0.0
    for step in 1..<60 { last = try narrow.train(on: DrawnBatches().batch(step)).loss }
    #expect(last < exact / 4)
  }

  @Test
  func `running statistics move by a tenth towards the batch's own`() throws {
    let trainer = try trainer()
    // What the first convolution makes of the batch, in Double.
    let batch = try DrawnBatches().batch(0)
    let weights = try #require(SmallProblem.graph().constants["w1"]).bytes.elements(as: Float.self)
    var values = [[Double]](repeating: [], count: 4)
    for image in 0..<4 {
      for filter in 0..<4 {
        for row in 0..<8 {
          for column in 0..<8 {
            var sum = 0.0
            for channel in 0..<3 {
              for y in 0..<3 {
                for x in 0..<3 {
                  let (r, c) = (row + y - 1, column + x - 1)
                  guard (0..<8).contains(r), (0..<8).contains(c) else { continue }
                  sum +=
                    Double(weights[((filter * 3 + channel) * 3 + y) * 3 + x])
                    * Double(batch.pixels[((image * 3 + channel) * 8 + r) * 8 + c])
                }
              }
            }
            values[filter].append(sum)
          }
        }
      }
    }
    _ = try trainer.train(on: batch)
    let graph = try trainer.graph()
    let means = try #require(graph.constants["mean"]).bytes.elements(as: Float.self)
    let variances = try #require(graph.constants["variance"]).bytes.elements(as: Float.self)
    for (filter, values) in values.enumerated() {
      let mean = values.reduce(0, +) / 256
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      #expect(abs(Double(means[filter]) - 0.1 * mean) < 1e-6)
      #expect(abs(Double(variances[filter]) - (0.9 + 0.1 * squares / 255)) < 1e-6)
    }
  }

  @Test
  func `a loss that is no number stops before any weight is touched`() throws {
    let trainer = try trainer()
    _ = try trainer.train(on: DrawnBatches().batch(0))
    let before = try trainer.graph().constants["w2"]
    let error = #expect(throws: TrainingError.self) {
      try trainer.train(on: DrawnBatches(spoiled: 1).batch(1))
    }
    #expect(
      error
        == .notFinite(
          what: "the loss",
          step: 1,
          files: (0..<4).map { "drawn/1-\($0).png" },
          checkpoint: nil
        )
    )
    #expect(try trainer.graph().constants["w2"] == before)
  }

  @Test
  func `a rate of 0 leaves weights as they are, and an unknown name is refused`() throws {
    let trainer = try trainer { $0.rates = [TrainSettings.Rate(pattern: "w*", factor: 0)] }
    for step in 0..<3 { _ = try trainer.train(on: DrawnBatches().batch(step)) }
    let (before, after) = (SmallProblem.graph(), try trainer.graph())
    #expect(after.constants["w1"] == before.constants["w1"])
    #expect(after.constants["b2"] != before.constants["b2"])
    let error = #expect(throws: TrainingError.self) {
      try self.trainer { $0.rates = [TrainSettings.Rate(pattern: "ofset", factor: 0)] }
    }
    #expect(error == .unmatched(pattern: "ofset", nearest: "offset"))
  }

  @Test(arguments: [
    ("conv*.weights", "conv1.weights", true), ("conv*.weights", "conv.bias", false),
    ("*", "anything", true), ("a*b*c", "a1b2c", true), ("a*b*c", "acb", false), ("a", "ab", false),
    ("ab*ba", "aba", false),
  ])
  func `patterns match names`(pattern: String, name: String, matches: Bool) {
    #expect(TrainSettings.Rate(pattern: pattern, factor: 1).matches(name) == matches)
  }
}
