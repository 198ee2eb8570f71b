import Evaluation
import Foundation
import Graphs
import ModelFormats
import Models
import Recipes
import TestNetworks
import TestSupport
import Testing
import Training

struct ResumeTests {
  /// Trains to the end, going on from what is in the folder.
  private func train(
    in folder: String,
    resuming: Bool,
    spoilAt spoiled: Int? = nil,
    tell: @escaping (RunEvent) -> Void = { _ in },
    change: (inout TrainSettings) -> Void = { _ in }
  ) throws -> TrainStep {
    var settings = SmallProblem.settings(20)
    change(&settings)
    var place = TrainingLoop.Place(folder: folder, number: 1, store: try RunStore(folder: folder))
    place.tell = tell
    return try TrainStep.run(
      try SmallProblem.model(),
      settings: settings,
      material: SmallProblem.material(spoilAt: spoiled),
      resuming: resuming,
      place: place
    )
  }

  private func bytes(_ step: TrainStep) throws -> Bytes { try ONNX.encode(step.after.graph) }

  /// Trains until step 10's batch spoils it: the checkpoints of steps 4 and 8 are left.
  private func interrupted(in folder: String) throws {
    let error = #expect(throws: TrainingError.self) {
      try train(in: folder, resuming: false, spoilAt: 10)
    }
    guard case .notFinite(_, let step, let files, let checkpoint)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(step == 10)
    #expect(files[0] == "drawn/10-0.png")
    #expect(checkpoint?.hasSuffix("step-000000008.safetensors") == true)
  }

  @Test(arguments: TrainSettings.Optimiser.allCases)
  func `going on ends with the bits of an uninterrupted run`(
    optimiser: TrainSettings.Optimiser
  ) throws {
    let (whole, broken) = (try ScratchFolder(), try ScratchFolder())
    func change(_ settings: inout TrainSettings) { settings.optimiser = optimiser }
    let wanted = try train(in: whole.path(""), resuming: false, change: change)
    #expect(throws: TrainingError.self) {
      try train(in: broken.path(""), resuming: false, spoilAt: 10, change: change)
    }
    let resumed = try train(in: broken.path(""), resuming: true, change: change)
    #expect(resumed.summary.resumedFrom == 8)
    #expect(try bytes(resumed) == bytes(wanted))
    #expect(resumed.summary.loss == wanted.summary.loss)
    // The log has each step once.
    let log = try RunStore(folder: broken.path("")).values(of: "loss", step: 1)
    #expect(log.map(\.iteration) == Array(stride(from: 2, through: 20, by: 2)))
    let reference = try RunStore(folder: whole.path("")).values(of: "loss", step: 1)
    #expect(log.map(\.value) == reference.map(\.value))
  }

  @Test(arguments: [-1, 8, 100, 3000])
  func `a damaged checkpoint is told of, and the one before it taken`(place: Int) throws {
    let (whole, broken) = (try ScratchFolder(), try ScratchFolder())
    let wanted = try train(in: whole.path(""), resuming: false)
    try interrupted(in: broken.path(""))
    let path = broken.path("checkpoints/step-1/step-000000008.safetensors")
    var data = try Data(contentsOf: URL(filePath: path))
    if place < 0 { data = data.prefix(data.count / 2) } else { data[place] ^= 4 }
    try data.write(to: URL(filePath: path))
    var damaged: [String] = []
    let resumed = try train(in: broken.path(""), resuming: true) { event in
      if case .damagedCheckpoint(let reason) = event { damaged.append(reason) }
    }
    #expect(resumed.summary.resumedFrom == 4)
    #expect(damaged.count == 1)
    #expect(damaged.first?.contains("step-000000008.safetensors") == true)
    #expect(try bytes(resumed) == bytes(wanted))
  }

  @Test
  func
    `a checkpoint that is due by time is like one by steps, and training goes on from it with the same bits`()
    throws
  {
    let (whole, broken) = (try ScratchFolder(), try ScratchFolder())
    let wanted = try train(in: whole.path(""), resuming: false)
    func change(_ settings: inout TrainSettings) {
      settings.checkpointEvery = 0
      settings.checkpointMinutes = 1e-9
      settings.keep = 100
    }
    #expect(throws: TrainingError.self) {
      try train(in: broken.path(""), resuming: false, spoilAt: 7, change: change)
    }
    let names = try FileManager.default.contentsOfDirectory(
      atPath: broken.path("checkpoints/step-1")
    )
    #expect(names.sorted() == (1...7).map { "step-00000000\($0).safetensors" })
    let resumed = try train(in: broken.path(""), resuming: true, change: change)
    #expect(resumed.summary.resumedFrom == 7)
    #expect(try bytes(resumed) == bytes(wanted))
  }

  @Test
  func `a step that ended before its first checkpoint is said to start over`() throws {
    let folder = try ScratchFolder()
    var startsOver: [Int] = []
    func train(_ resuming: Bool, spoilAt spoiled: Int?) throws -> TrainStep {
      try self.train(
        in: folder.path(""),
        resuming: resuming,
        spoilAt: spoiled,
        tell: { if case .noCheckpoint(let step, _) = $0 { startsOver.append(step) } },
        change: { $0.checkpointMinutes = 0 }
      )
    }
    #expect(throws: TrainingError.self) { try train(false, spoilAt: 2) }
    #expect(startsOver.isEmpty)
    #expect(try train(true, spoilAt: nil).summary.resumedFrom == 0)
    #expect(startsOver == [1])
    // One that has a checkpoint goes on, and nothing is to be said.
    #expect(try train(true, spoilAt: nil).summary.resumedFrom == 20)
    #expect(startsOver == [1])
  }

  @Test
  func `a checkpoint of another recipe is refused`() throws {
    let folder = try ScratchFolder()
    try interrupted(in: folder.path(""))
    let error = #expect(throws: TrainingError.self) {
      try train(in: folder.path(""), resuming: true, change: { $0.learningRate = 0.04 })
    }
    guard case .otherRun(let path, "recipe", _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path.hasSuffix("step-000000008.safetensors"))
    // How often something is written decides no bits.
    #expect(throws: Never.self) {
      try train(in: folder.path(""), resuming: true, change: { $0.checkpointEvery = 7 })
    }
  }

  @Test
  func `a folder that was trained in is not begun again`() throws {
    let folder = try ScratchFolder()
    try interrupted(in: folder.path(""))
    let error = #expect(throws: TrainingError.self) {
      try train(in: folder.path(""), resuming: false)
    }
    #expect(error == .runExists(folder: folder.path("")))
  }

  @Test
  func `only the last checkpoints are kept, and leftovers of killed writers swept`() throws {
    let folder = try ScratchFolder()
    let leftover = folder.path("checkpoints/step-1/step-000000002.safetensors.part-1")
    try FileManager.default.createDirectory(
      atPath: folder.path("checkpoints/step-1"),
      withIntermediateDirectories: true
    )
    try Data([1, 2, 3]).write(to: URL(filePath: leftover))
    _ = try train(in: folder.path(""), resuming: false, change: { $0.keep = 2 })
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.path("checkpoints/step-1")
    )
    #expect(names.sorted() == ["step-000000016.safetensors", "step-000000020.safetensors"])
  }
}
