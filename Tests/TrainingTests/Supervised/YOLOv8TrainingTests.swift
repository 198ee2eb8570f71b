import Datasets
import Detection
import Evaluation
import Graphs
import ModelFormats
import Models
import Operators
import PluginKit
import Recipes
import Tensors
import TestNetworks
import TestSupport
import Testing
import Training

struct YOLOv8TrainingTests {
  private func taps(_ layout: SmallYOLO.Layout) throws -> [TaskTap] {
    let model = try SmallYOLO.model(layout)
    return try SmallYOLO.task(for: model).taps(in: model.interior)
  }

  @Test(arguments: [
    (SmallYOLO.Layout.binsFirst, "turned", [0, 3, 2, 1]),
    (.binsBetween, "sides", [0, 3, 1, 2]), (.binsLast, "turned", [0, 1, 2, 3]),
  ])
  func `what lies before decoding is found in any layout`(
    layout: SmallYOLO.Layout,
    value: String,
    axes: [Int]
  ) throws {
    #expect(
      try taps(layout) == [
        TaskTap(YOLOv8Task.distributionsName, of: value, axes: axes),
        TaskTap(YOLOv8Task.logitsName, of: "class", axes: [0, 2, 1]),
      ]
    )
  }

  @Test func `distances without distributions are refused before the first step`() throws {
    let error = #expect(throws: DetectionError.self) { try taps(.none) }
    #expect("\(try #require(error))".contains("reg_max 1"))
  }

  @Test func `data with a class that the network lacks are refused before the first step`() throws {
    var graph = SmallYOLO.graph()
    graph.model.metadata["names"] = "{0: 'dark', 1: 'light'}"
    let model = try Model("named", graph, sizes: InputSizes(image: [1, 3, 32, 32]))
    let task = try TaskKind.yolov8.task(
      .init(),
      TaskSubject(classNames: ["light", "grey"], network: model.interface)
    )
    let error = #expect(throws: DetectionError.self) { try task.taps(in: model.interior) }
    #expect("\(try #require(error))".contains("no class for the data's grey"))
  }

  private func trainer(_ layout: SmallYOLO.Layout, _ settings: TrainSettings) throws -> Trainer {
    let model = try SmallYOLO.model(layout)
    return try Trainer(
      model,
      task: SmallYOLO.task(for: model),
      settings: settings,
      steps: 200
    )
  }

  private var settings: TrainSettings {
    var settings = SmallProblem.settings(12)
    settings.optimiser = .adamw
    settings.learningRate = 0.01
    settings.clip = 10
    return settings
  }

  @Test func `layouts learn alike, and the loss goes down`() throws {
    var losses: [[Double]] = []
    for layout in SmallYOLO.Layout.allCases where layout != .none {
      let trainer = try trainer(layout, settings)
      losses.append(try (0..<80).map { try trainer.train(on: SmallYOLO.Squares().batch($0)).loss })
    }
    for other in losses.dropFirst() {
      #expect(zip(losses[0], other).prefix(5).allSatisfy { abs($0 - $1) < 1e-3 * $0 })
    }
    let (first, last) = (losses[0][..<10].reduce(0, +), losses[0][70...].reduce(0, +))
    #expect(last < 0.8 * first, "\(first) to \(last)")
  }

  @Test func `what decodes is left as it was`() throws {
    let trainer = try trainer(.binsFirst, settings)
    for step in 0..<3 { _ = try trainer.train(on: SmallYOLO.Squares().batch(step)) }
    let (before, after) = (SmallYOLO.graph(), try trainer.graph())
    #expect(after.constants["bins"] == before.constants["bins"])
    #expect(after.constants["box8.w"] != before.constants["box8.w"])
  }

  @Test func `boxes are the head's`() throws {
    let model = try SmallYOLO.model()
    let session = Session(model.graph, operators: model.operators, mode: .plain)
    let batch = try SmallYOLO.Squares().batch(0)
    let image = try Tensor(Array(batch.pixels.prefix(3 * 1024)), shape: [1, 3, 32, 32])
    let outputs = try session.run(["x": image])
    let images = TaskImages(
      indices: [0],
      originalSizes: [batch.size],
      inputSize: batch.size,
      fit: .letterbox
    )
    let task = try #require(try SmallYOLO.task(for: model) as? YOLOv8Task)
    let found = try task.detections(outputs, images)
    #expect(found == (try task.detector.detections(outputs, images)))
    #expect(!found[0].isEmpty)
  }

  /// Trains in a folder, as far as `last` if it is given.
  private func train(
    in folder: String,
    stoppingAt last: Int? = nil,
    resuming: Bool
  ) throws -> TrainStep {
    let model = try SmallYOLO.model()
    let stop = StopRequest()
    var place = TrainingLoop.Place(folder: folder, number: 1, store: try RunStore(folder: folder))
    place.stop = stop
    place.tell = { event in
      if case .iteration(let progress) = event, progress.done == last { _ = stop.ask() }
    }
    return try TrainStep.run(
      model,
      settings: settings,
      material: TrainingMaterial(
        task: SmallYOLO.task(for: model),
        batches: SmallYOLO.Squares(),
        dataHash: "drawn"
      ),
      resuming: resuming,
      place: place
    )
  }

  @Test func `going on ends with the bits of an uninterrupted run`() throws {
    let (whole, broken) = (try ScratchFolder(), try ScratchFolder())
    let wanted = try train(in: whole.path(""), resuming: false)
    #expect(throws: TrainingError.self) {
      try train(in: broken.path(""), stoppingAt: 6, resuming: false)
    }
    let resumed = try train(in: broken.path(""), resuming: true)
    #expect(resumed.summary.resumedFrom > 0)
    #expect(try ONNX.encode(resumed.after.graph) == ONNX.encode(wanted.after.graph))
  }
}
