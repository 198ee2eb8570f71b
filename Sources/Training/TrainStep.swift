import Datasets
import Evaluation
import Files
import Graphs
import ModelFormats
package import Models
import Operators
package import PluginHost
package import Tensors

/// Training of one model: the model before and after, and how it went.
package struct TrainStep: Sendable {
  /// How training went.
  package struct Summary: Sendable, Hashable {
    /// Steps in all.
    package var steps: Int
    /// Steps that were done before this process; 0 where it began.
    package var resumedFrom: Int
    /// The loss of the last step.
    package var loss: Double
    /// The last metric, where the model was evaluated.
    package var metric: Double?
    package var metricName: String?
    /// Outputs that the loss leaves out.
    package var leftOut: [ComparedOutputs.LeftOut] = []
    package var best: Checkpoint.Best?
    /// What this process took.
    package var seconds: Double
    package var imagesPerSecond: Double
  }

  /// The model before.
  package private(set) var before: Model
  /// The model after, with the step's provenance in its metadata.
  package private(set) var after: Model
  package let settings: TrainSettings
  package let summary: Summary
  /// Which code computed the losses that were added to the task's, with each one's weight; empty where none was.
  package let losses: [(provenance: Provenance, weight: Double)]
  /// The model that the student was compared with, where it was distilled.
  package let teacher: String?

  /// What a trainer has come to.
  ///
  /// - Throws: `OperatorError`; `WeightError` for the best model's file.
  init(_ trainer: Trainer, takingBest file: String?, summary: Summary) throws {
    before = trainer.model
    settings = trainer.settings
    self.summary = summary
    losses = trainer.distillation?.provenance ?? []
    teacher = trainer.distillation?.teacher.model.name
    var graph: Graph
    if let file {
      graph = trainer.model.graph
      for (name, array) in try Safetensors.read(file).arrays { graph.constants[name] = array }
    } else {
      graph = try trainer.graph(smoothed: trainer.average != nil)
    }
    try graph.record(training: trainer, steps: summary.steps)
    after = try before.replacing(graph: graph)
  }

  /// Trains a model with what a recipe asks for, going on from the run's checkpoints if `resuming`.
  ///
  /// - Parameters:
  ///   - model: what to train.
  ///   - settings: how.
  ///   - material: task, batches and evaluation.
  ///   - teacher: the model that the task compares with, if it does; not beside a distillation, which has one.
  ///   - distillation: losses that are added to the task's.
  ///   - device: where.
  ///   - seed: the recipe's; the settings' own goes before it.
  ///   - resuming: whether checkpoints of the folder are taken up; else there must be none.
  ///   - place: the folder, and who is told.
  /// - Returns: the step that was done.
  /// - Throws: ``TrainingError``, and what the model, the data or the disk refuse.
  package static func run(
    _ model: Model,
    settings: TrainSettings,
    material: TrainingMaterial,
    teacher: Model? = nil,
    distillation: Distillation? = nil,
    device: Device = .cpu,
    seed: UInt64 = 0,
    resuming: Bool = false,
    place: TrainingLoop.Place
  ) throws -> TrainStep {
    let computed = try model.computed()
    var step = try runComputed(
      computed,
      settings: settings,
      material: material,
      teacher: teacher?.computed(),
      distillation: distillation,
      device: device,
      seed: seed,
      resuming: resuming,
      place: place
    )
    if model.isComputedOtherwise {
      (step.before, step.after) = (model, try step.after.bringingBack(to: model))
    }
    return step
  }

  /// Trains a model of which all can be executed here, in the types that it computes in.
  private static func runComputed(
    _ model: Model,
    settings: TrainSettings,
    material: TrainingMaterial,
    teacher: Model?,
    distillation: Distillation?,
    device: Device,
    seed: UInt64,
    resuming: Bool,
    place: TrainingLoop.Place
  ) throws -> TrainStep {
    try settings.requireBatch(of: model)
    let path = "\(place.folder)/checkpoints/step-\(place.number)"
    let hasBegun = resuming && File.exists(path)
    let folder = try CheckpointFolder(path, keep: settings.keep)
    let found = try folder.latest(tell: place.tell)
    guard found == nil || resuming else { throw TrainingError.runExists(folder: place.folder) }
    let steps = settings.length.steps(in: material)
    if let threads = found?.checkpoint.identity.threads
      ?? (settings.threads > 0 ? settings.threads : nil)
    {
      try Runtime.setThreadCount(threads)
    }
    let identity = try Checkpoint.Identity(
      settings,
      model: model,
      data: material.dataHash,
      seed: settings.seed ?? seed,
      distillation: distillation
    )
    if let found {
      try found.checkpoint.require(identity, path: found.path)
      guard found.checkpoint.step <= steps else {
        throw TrainingError.otherRun(
          path: found.path,
          what: "length",
          stored: "step \(found.checkpoint.step)",
          wanted: "\(steps) steps"
        )
      }
      place.tell(.resuming(checkpoint: found.path))
    } else if hasBegun {
      place.tell(.noCheckpoint(step: place.number, folder: path))
    }
    let trainer = try Trainer(
      model,
      task: material.task,
      settings: settings,
      steps: steps,
      device: device,
      seed: identity.seed,
      teacher: teacher,
      distillation: distillation
    )
    if !trainer.leftOut.isEmpty { place.tell(.outputsLeftOut(trainer.leftOut)) }
    var loop = TrainingLoop(
      trainer,
      material: material,
      identity: identity,
      steps: steps,
      checkpoints: folder,
      place: place
    )
    return try loop.run(from: found)
  }
}

extension TrainingLength {
  /// The number of steps.
  fileprivate func steps(in material: TrainingMaterial) -> Int {
    switch self {
    case .iterations(let count): count
    case .epochs(let count): count * max(1, material.batches.batchesPerEpoch)
    }
  }
}

extension Graph {
  /// Writes down, in the model's metadata, how it was trained.
  fileprivate mutating func record(training trainer: Trainer, steps: Int) throws {
    let settings = trainer.settings
    var members: [JSONValue.Member] = [
      .init("step", trainer.distillation == nil ? "train" : "distill"),
      .init("iterations", .int(steps)),
      .init("batch", .int(settings.batch)),
      .init("optimiser", .string(settings.optimiser.rawValue)),
      .init("learningRate", .double(settings.learningRate)),
      .init("weightDecay", .double(settings.weightDecay)),
      .init("settings", .string("sha256:\(settings.digest)")),
    ]
    if let distillation = trainer.distillation {
      members += [
        .init("teacher", .string("sha256:\(try distillation.teacher.digest)")),
        .init("taskWeight", .double(distillation.taskWeight)),
        .init(
          "losses",
          .array(
            distillation.provenance.map {
              .object($0.provenance.members + [.init("weight", .double($0.weight))])
            }
          )
        ),
      ]
    }
    record(step: members)
  }
}
