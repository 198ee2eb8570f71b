import Datasets
import Evaluation
import Graphs
import ModelFormats
import Models
import Recipes
import Tensors
import TestNetworks
import TestSupport
import Testing
import Training

/// Images on which every model is as good as another.
private struct EqualImages: EvaluationSet {
  var count: Int { 1 }
  var contentHash: String { "equal" }
  var metricName: String { "equal" }
  func inputs(_ images: Range<Int>) throws -> [String: Tensor] {
    ["image": try Tensor.full([1, 3, 8, 8], 0)]
  }
  func records(_ outputs: [String: Tensor], _ images: Range<Int>) throws -> [ImageRecord] {
    [.agreement(0.5)]
  }
  func metric(_ records: [ImageRecord], sample: [Int]?) throws -> Double { 0.5 }
}

struct PatienceTests {
  private func train(
    in folder: ScratchFolder,
    resuming: Bool = false,
    spoilAt spoiled: Int? = nil
  ) throws -> TrainStep {
    var settings = SmallProblem.settings(20)
    settings.evaluateEvery = 2
    settings.patience = 3
    var material = SmallProblem.material(spoilAt: spoiled)
    material.evaluation = EqualImages()
    return try TrainStep.run(
      try SmallProblem.model(),
      settings: settings,
      material: material,
      resuming: resuming,
      place: .init(folder: folder.path(""), number: 1, store: try RunStore(folder: folder.path("")))
    )
  }

  @Test func `training ends after so many evaluations without a better one`() throws {
    // The first, after step 2, is the best; those after 4, 6 and 8 are not better.
    #expect(try train(in: ScratchFolder()).summary.steps == 8)
  }

  @Test func `a run that was killed ends where it would have, with the same bits`() throws {
    let (whole, broken) = (try ScratchFolder(), try ScratchFolder())
    let wanted = try ONNX.encode(train(in: whole).after.graph)
    #expect(throws: TrainingError.self) { try train(in: broken, spoilAt: 6) }
    let resumed = try train(in: broken, resuming: true)
    #expect(resumed.summary.steps == 8 && resumed.summary.resumedFrom == 4)
    #expect(try ONNX.encode(resumed.after.graph) == wanted)
    // Ended, it does no more.
    let again = try train(in: broken, resuming: true)
    #expect(again.summary.resumedFrom == 8 && again.summary.steps == 8)
  }
}
