import Datasets
import Detection
package import Evaluation
import Files
import Graphs
package import Models
import Operators
import PluginHost
import Pruning
package import Tensors
import Training

/// Carries out units of a search: a network made of tokens, trained, judged, written.
///
/// It belongs to one thread. What does not depend on the network, such as decoded images, is done once.
package final class TrialWork {
  /// What the run says beside the step's settings.
  package struct Run {
    package var task: TaskSettings
    package var data: DataSettings
    package var device: Device
    package var seed: UInt64
    /// The folder that relative paths of the recipe start from.
    package var base: String
    /// Where trials have their folders.
    package var folder: String
    /// The model that a task without labels compares with.
    package var teacher: Model?
    package var stop: StopRequest?

    package init(
      task: TaskSettings,
      data: DataSettings,
      device: Device,
      seed: UInt64,
      base: String,
      folder: String,
      teacher: Model?,
      stop: StopRequest? = nil
    ) {
      self.task = task
      self.data = data
      self.device = device
      self.seed = seed
      self.base = base
      self.folder = folder
      self.teacher = teacher
      self.stop = stop
    }
  }

  private let settings: SearchSettings
  private let networks: SearchedNetworks
  private let run: Run
  private var judges: [PixelSize: any EvaluationSet] = [:]

  package init(_ settings: SearchSettings, networks: SearchedNetworks, run: Run) {
    self.settings = settings
    self.networks = networks
    self.run = run
  }

  /// What rewards are.
  package var metricName: String {
    guard run.task.kind.needsLabels else { return "agreement with the teacher" }
    return (run.data.metric ?? run.data.format.metric).title
  }

  /// The file of a unit's network, trained.
  package func file(of unit: String) -> String { "\(run.folder)/trials/\(unit)/model.onnx" }

  /// Removes what a unit left in the folder, if it left anything.
  package func forget(_ unit: String) throws {
    try Folder.remove("\(run.folder)/trials/\(unit)")
  }

  /// Carries out a unit; one that was interrupted goes on from its checkpoint.
  ///
  /// - Returns: what the network is worth, or why it failed.
  /// - Throws: what is no fault of the network: data, disk, ``TrainingError/stopped(iteration:of:checkpoint:folder:)``.
  package func carryOut(_ unit: TrialUnit) throws -> TrialResult {
    let start = ContinuousClock.now
    var result = TrialResult(unit: unit.digest, reward: nil, seconds: 0)
    do { result.reward = try reward(of: unit) } catch  where Self.isOfNetwork(error) {
      result.reason = "\(error)"
    }
    result.seconds = (ContinuousClock.now - start) / .seconds(1)
    return result
  }

  private func reward(of unit: TrialUnit) throws -> Double {
    if unit.threads > 0 { try Runtime.setThreadCount(unit.threads) }
    var model = try start(of: unit)
    if let training = training(of: unit) {
      let folder = "\(run.folder)/trials/\(unit.digest)"
      model = try trained(model, training, in: folder)
      try model.write(to: file(of: unit.digest))
      try Folder.remove("\(folder)/checkpoints")
      try Folder.remove("\(folder)/events")
    }
    let worth = try judged(model)
    guard worth.isFinite else { throw SearchError.unusable("the metric is \(worth)") }
    return worth
  }

  /// The network before the unit's training.
  private func start(of unit: TrialUnit) throws -> Model {
    if let previous = unit.previous {
      return try Model.read(file(of: previous), inputSize: networks.base.statedSizes)
    }
    let model = try networks.model(of: unit.tokens)
    let weights =
      switch unit.kind {
      case .quick: settings.weights
      case .full: settings.full?.weights ?? settings.weights
      }
    return weights == .drawn ? try model.drawingWeights(seed: run.seed) : model
  }

  /// How the unit trains; nil where it does not.
  private func training(of unit: TrialUnit) -> TrainSettings? {
    guard unit.kind == .quick else { return settings.full?.train }
    guard let train = settings.train, let halving = settings.halving else { return settings.train }
    return train.round(unit.rung, of: halving)
  }

  private func trained(
    _ model: Model,
    _ training: TrainSettings,
    in folder: String
  ) throws -> Model {
    let material = try TrainingMaterial(
      training,
      task: run.task,
      data: run.data,
      model: model,
      original: run.teacher ?? model,
      device: run.device,
      seed: run.seed,
      base: run.base
    )
    return try TrainStep.run(
      model,
      settings: training,
      material: material,
      teacher: run.teacher,
      device: run.device,
      seed: run.seed,
      resuming: true,
      place: TrainingLoop.Place(folder: folder, number: 1, stop: run.stop)
    ).after
  }

  private func judged(_ model: Model) throws -> Double {
    let images = try judge(of: model)
    return try ValidationSession(
      images,
      operators: model.operators,
      device: run.device,
      fixed: model.fixedBatch()
    ).metric(of: model.graph)
  }

  /// The images that models of one input size are judged on.
  private func judge(of model: Model) throws -> any EvaluationSet {
    let size = try model.imageSize ?? model.analysedSize
    if let known = judges[size] { return known }
    guard let split = run.data.val else {
      throw SearchError.unusable(
        "networks are judged on the list 'val' of 'data', and there is none"
      )
    }
    let plan = EvaluationPlan(task: run.task, data: run.data, split: split, base: run.base)
    var dataset = try plan.dataset()
    if settings.images > 0 { dataset.entries = Array(dataset.entries.prefix(settings.images)) }
    let set = try plan.set(
      of: dataset,
      size: size,
      teacher: run.teacher ?? model,
      device: run.device
    )
    judges[size] = set
    return set
  }

  /// Whether an error is the network's own fault, so that the search goes on without it.
  private static func isOfNetwork(_ error: any Error) -> Bool {
    switch error {
    case TrainingError.notFinite: true
    case is StrategyFailure, is PruneFailure, is OperatorError, is ModelFailure, is GraphError,
      is DetectionError, is EvaluationError, SearchError.unusable:
      true
    default: false
    }
  }
}

@available(*, unavailable) extension TrialWork: Sendable {}
@available(*, unavailable) extension TrialWork.Run: Sendable {}

extension TrainSettings {
  /// How a round of successive halving trains: rounds grow by the factor, and the last ends at the whole length.
  func round(_ rung: Int, of halving: SearchSettings.Halving) -> TrainSettings {
    func end(_ rung: Int, of whole: Int) -> Int {
      var length = whole
      for _ in 0..<(halving.rungs - 1 - rung) { length /= halving.factor }
      return max(rung + 1, length)
    }
    func part(_ whole: Int) -> Int {
      max(1, end(rung, of: whole) - (rung == 0 ? 0 : end(rung - 1, of: whole)))
    }
    var settings = self
    switch length {
    case .iterations(let count): settings.length = .iterations(part(count))
    case .epochs(let count): settings.length = .epochs(part(count))
    }
    if rung > 0 { settings.warmup = 0 }
    return settings
  }
}
