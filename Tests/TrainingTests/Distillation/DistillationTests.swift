import Datasets
import Evaluation
import Files
import Foundation
import Graphs
import ModelFormats
import Models
import Operators
import PluginHost
import PluginKit
import Tensors
import TestNetworks
import TestSupport
import Testing
import Training

@Suite(.enabled("the plugins are not built: run make build") { DistillProblem.areBuilt })
struct DistillationTests {
  private let student: Model
  private let teacher: Model

  init() throws {
    student = try DistillProblem.model(width: 4, seed: 1)
    teacher = try DistillProblem.model(width: 6, seed: 2, prefix: "t/")
  }

  private func distillation(
    _ settings: DistillSettings,
    student: Model? = nil,
    teacher: Model? = nil,
    cache: String? = nil
  ) throws -> Distillation {
    try Distillation(
      settings,
      student: student ?? self.student,
      teacher: teacher ?? self.teacher,
      registry: DistillProblem.registry(),
      seed: 3,
      cache: cache
    )
  }

  private func trainer(
    _ settings: DistillSettings,
    student: Model? = nil,
    teacher: Model? = nil
  ) throws -> Trainer {
    try Trainer(
      student ?? self.student,
      task: CornerTask(),
      settings: settings.train,
      steps: 10,
      seed: 3,
      distillation: try distillation(settings, student: student, teacher: teacher)
    )
  }

  private func run(
    _ settings: DistillSettings,
    in folder: ScratchFolder,
    spoilAt spoiled: Int? = nil,
    resuming: Bool = false,
    cache: String? = nil
  ) throws -> TrainStep {
    try TrainStep.run(
      student,
      settings: settings.train,
      material: SmallProblem.material(spoilAt: spoiled),
      distillation: try distillation(settings, cache: cache),
      seed: 3,
      resuming: resuming,
      place: TrainingLoop.Place(folder: folder.path(""), number: 1)
    )
  }

  @Test
  func `adds the weighed losses to the task's own, each under its name`() throws {
    let batch = try DrawnBatches().batch(0)
    let plain = try Trainer(
      student,
      task: CornerTask(),
      settings: DistillProblem.settings().train,
      steps: 10
    ).train(on: batch)
    var settings = DistillProblem.settings(
      DistillProblem.loss("l2", weight: 5),
      DistillProblem.loss("l2", weight: 0.25),
      DistillProblem.loss("cwd")
    )
    settings.taskWeight = 2
    let outcome = try trainer(settings).train(on: batch)
    var terms: [String: Double] = [:]
    for (name, value) in outcome.terms { terms[name] = try value.doubles()[0] }
    #expect(Set(terms.keys) == ["distance", "l2", "l2.2", "cwd"])
    let (l2, cwd) = (try #require(terms["l2"]), try #require(terms["cwd"]))
    #expect(l2 == terms["l2.2"])
    #expect(abs(outcome.loss - (2 * plain.loss + 5.25 * l2 + cwd)) < 1e-4)
    // By hand: the mean squared difference of the outputs of both networks.
    let own = try output(of: student, batch.pixels)
    let other = try output(of: teacher, batch.pixels)
    let wanted =
      zip(own, other).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / Double(own.count)
    #expect(abs(l2 - wanted) < 1e-5)
  }

  private func output(of model: Model, _ pixels: [Float]) throws -> [Double] {
    let image = try Tensor(pixels, shape: [4, 3, 8, 8])
    let session = Session(model.graph, operators: model.operators, mode: .plain)
    return try session.run(["image": image])[model.graph.outputs[0].name]?.doubles() ?? []
  }

  @Test
  func `without the task's loss the student's outputs come near the teacher's`() throws {
    var settings = DistillProblem.settings(DistillProblem.loss("l2", weight: 1))
    settings.taskWeight = 0
    settings.train.optimiser = .adam
    settings.train.length = .iterations(150)
    let trainer = try trainer(settings)
    let losses = try (0..<150).map { try trainer.train(on: DrawnBatches().batch($0)).loss }
    #expect(losses[149] < losses[0] / 5)
  }

  @Test
  func `maps of unlike width meet by a convolution that is trained and not exported`() throws {
    let settings = DistillProblem.settings(DistillProblem.loss("mimic"))
    let trainer = try trainer(settings)
    let adapter = try #require(trainer.distillation?.adapters.first)
    #expect(adapter.weight.shape == [6, 4, 1, 1])
    let before = (try adapter.weight.detached().floats(), try adapter.bias.detached().floats())
    #expect(before.0.allSatisfy { abs($0) <= 0.5 } && Set(before.0).count == 24)
    for step in 0..<3 { _ = try trainer.train(on: DrawnBatches().batch(step)) }
    #expect(try adapter.weight.detached().floats() != before.0)
    #expect(try adapter.bias.detached().floats() != before.1)
    let graph = try trainer.graph()
    #expect(graph.nodes == student.graph.nodes)
    #expect(Set(graph.constants.names) == Set(student.graph.constants.names))
  }

  @Test
  func `two losses over the same maps share one convolution`() throws {
    let settings = DistillProblem.settings(
      DistillProblem.loss("mimic"),
      DistillProblem.loss("cwd")
    )
    #expect(try distillation(settings).adapters.count == 1)
    var without = settings
    without.adapters = false
    let error = #expect(throws: DistillError.self) { try distillation(without) }
    guard case .shapes("mimic", _, _, let reason)? = error else {
      Issue.record("not refused for its shapes: \(String(describing: error))")
      return
    }
    #expect(reason.contains("adapters: true"))
  }

  @Test(arguments: [false, true])
  func `going on ends with the bits of an uninterrupted run`(cached: Bool) throws {
    let (whole, broken) = (try ScratchFolder(), try ScratchFolder())
    var settings = DistillProblem.settings(
      DistillProblem.loss("mimic"),
      DistillProblem.loss("l2")
    )
    settings.losses[1].schedule = [.init(step: 0, factor: 0), .init(step: 6, factor: 1)]
    settings.train.optimiser = .adam
    settings.train.clip = 0.5
    settings.train.checkpointEvery = 3
    let cache = try ScratchFolder()
    let place = cached ? cache.path("") : nil
    let wanted = try run(settings, in: whole)
    #expect(throws: TrainingError.self) {
      try run(settings, in: broken, spoilAt: 8, cache: place)
    }
    let resumed = try run(settings, in: broken, resuming: true, cache: place)
    #expect(resumed.summary.resumedFrom == 6)
    #expect(try ONNX.encode(resumed.after.graph) == ONNX.encode(wanted.after.graph))
    // An adapter that began anew would show.
    let last = try Safetensors.read(
      broken.path("checkpoints/step-1/step-000000010.safetensors")
    )
    let reference = try Safetensors.read(
      whole.path("checkpoints/step-1/step-000000010.safetensors")
    )
    let adapters = last.arrays.filter { $0.name.contains("adapters/") }
    #expect(adapters.count == 6)
    for (name, array) in adapters {
      #expect(reference.arrays.first { $0.name == name }?.array == array, "\(name)")
    }
    #expect(try cache.path("").isEmptyFolder != cached)
  }

  @Test
  func `a checkpoint of another teacher or weight is refused`() throws {
    let folder = try ScratchFolder()
    let settings = DistillProblem.settings(DistillProblem.loss("l2", weight: 1))
    #expect(throws: TrainingError.self) { try run(settings, in: folder, spoilAt: 8) }
    let other = DistillProblem.settings(DistillProblem.loss("l2", weight: 2))
    let error = #expect(throws: TrainingError.self) { try run(other, in: folder, resuming: true) }
    guard case .otherRun(_, what: "recipe", _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test
  func `the teacher's weights stay as they were, and the provenance names teacher and losses`()
    throws
  {
    let before = try ONNX.encode(teacher.graph)
    let step = try run(
      DistillProblem.settings(DistillProblem.loss("l2")),
      in: try ScratchFolder()
    )
    #expect(try ONNX.encode(teacher.graph) == before)
    let text = try #require(step.after.graph.model.metadata["espalier.step.0"])
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    )
    #expect(record["step"] as? String == "distill")
    let losses = try #require(record["losses"] as? [[String: Any]])
    #expect(losses.map { $0["strategy"] as? String } == ["l2"])
    #expect(losses.map { $0["weight"] as? Double } == [100])
    let hash = SHA256.hexadecimal(of: before.elements(as: UInt8.self).span)
    #expect(record["teacher"] as? String == "sha256:\(hash)")
  }

  @Test
  func `a loss that moves nothing stops the run with its name`() throws {
    // Nothing that is trained reaches the map: the rate of its layer is 0.
    var frozen = DistillProblem.settings(DistillProblem.loss("mimic"))
    frozen.train.rates = [.init(pattern: "w1", factor: 0)]
    var error = #expect(throws: DistillError.self) {
      try trainer(frozen).train(on: DrawnBatches().batch(0))
    }
    guard case .dead("mimic", let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("'middle'"))
    // A map that is zero whatever the weights do: the flow of zeros, against a teacher that is none.
    var dark = DistillProblem.graph(width: 6, seed: 1)
    dark.constants["w1"] = Constant([Float](repeating: -1, count: 6 * 27), shape: [6, 3, 3, 3])
    let student = try Model("dark", dark, sizes: InputSizes(image: [1, 3, 8, 8]))
    error = #expect(throws: DistillError.self) {
      try trainer(
        DistillProblem.settings(
          DistillProblem.loss(
            "fsp",
            taps: .named([
              .init(student: "middle", teacher: "t/middle"),
              .init(student: "middle", teacher: "t/middle"),
            ])
          )
        ),
        student: student
      ).train(on: DrawnBatches().batch(0))
    }
    guard case .dead("fsp", let other)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(other.contains("is 0"))
    // Equal networks are near already: a loss of 0 may have a gradient of 0.
    let same = try DistillProblem.model(width: 4, seed: 1)
    #expect(throws: Never.self) {
      try trainer(DistillProblem.settings(DistillProblem.loss("l2")), teacher: same)
        .train(on: DrawnBatches().batch(0))
    }
  }

  @Test
  func `a loss that is no number is named`() throws {
    var spoilt = DistillProblem.graph(width: 6, seed: 2, prefix: "t/")
    spoilt.constants["b2"] = Constant([.nan, 0], shape: [2])
    let teacher = try Model("spoilt", spoilt, sizes: InputSizes(image: [1, 3, 8, 8]))
    let error = #expect(throws: TrainingError.self) {
      try trainer(DistillProblem.settings(DistillProblem.loss("l2")), teacher: teacher)
        .train(on: DrawnBatches().batch(0))
    }
    guard case .notFinite(what: "the loss 'l2'", step: 0, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test
  func `kept values are read in place of the teacher, and belong to it alone`() throws {
    let folder = try ScratchFolder()
    let batch = try DrawnBatches().batch(2)
    let image = try Tensor(batch.pixels, shape: [4, 3, 8, 8])
    func values(of model: Model, _ names: [String]) throws -> [String: [Float]] {
      try Teacher(model, names: names, cache: folder.path("")).values(image, of: batch)
        .mapValues { try $0.floats() }
    }
    let names = ["t/map", "t/middle"]
    let made = try values(of: teacher, names)
    #expect(try values(of: teacher, names) == made)
    // What is on disk is what is read: a file that says otherwise is believed, one that is damaged is not.
    let folders = try FileManager.default.contentsOfDirectory(atPath: folder.path(""))
    #expect(folders.count == 1)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path(folders[0]))
    #expect(files.count == 4)
    let path = folder.path("\(folders[0])/\(files[0])")
    var file = try Safetensors.read(path)
    file.arrays[0].array.bytes = Bytes([Float](repeating: 9, count: 32))
    try file.write(to: path)
    #expect(try values(of: teacher, names)["t/map"]?.count { $0 == 9 } == 32)
    try Data([1, 2, 3]).write(to: URL(filePath: path))
    #expect(try values(of: teacher, names) == made)
    let other = try DistillProblem.model(width: 6, seed: 9, prefix: "t/")
    #expect(try values(of: other, names) != made)
  }

  @Test
  func `a weight goes in straight lines between the steps of its schedule`() {
    let stages: [DistillSettings.Stage] = [
      .init(step: 2, factor: 1), .init(step: 6, factor: 0), .init(step: 8, factor: 0.5),
    ]
    let factors = (0..<10).map { DistillSettings.factor(stages, at: $0) }
    #expect(factors == [1, 1, 1, 0.75, 0.5, 0.25, 0, 0.25, 0.5, 0.5])
    #expect(DistillSettings.factor([], at: 5) == 1)
  }
}

extension String {
  fileprivate var isEmptyFolder: Bool {
    get throws { try FileManager.default.contentsOfDirectory(atPath: self).isEmpty }
  }
}
