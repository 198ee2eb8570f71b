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
package import Training

/// Carries out units of a search: a network made of tokens, trained, judged, written.
///
/// It belongs to one thread. The images that networks are judged on are read once.
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
    /// Told how training goes.
    package var tell: (RunEvent) -> Void

    package init(
      task: TaskSettings,
      data: DataSettings,
      device: Device,
      seed: UInt64,
      base: String,
      folder: String,
      teacher: Model?,
      stop: StopRequest? = nil,
      tell: @escaping (RunEvent) -> Void = { _ in }
    ) {
      self.task = task
      self.data = data
      self.device = device
      self.seed = seed
      self.base = base
      self.folder = folder
      self.teacher = teacher
      self.stop = stop
      self.tell = tell
    }
  }

  private let settings: SearchSettings
  private let networks: SearchedNetworks
  private let run: Run
  /// Images to judge on, by the size and the name of the network's input.
  private var judges: [Input: any EvaluationSet] = [:]

  private struct Input: Hashable {
    let size: PixelSize
    let name: String
  }

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

  /// A unit's network, trained.
  ///
  /// - Throws: `ModelFailure`.
  package func network(of unit: String) throws(ModelFailure) -> Model {
    try Model.read(file(of: unit), inputSize: networks.base.statedSizes)
  }

  /// Removes what a unit left in the folder, if it left anything.
  package func forget(_ unit: String) throws {
    try Folder.remove("\(run.folder)/trials/\(unit)")
  }

  /// Carries out a unit; one that was interrupted resumes from its checkpoint.
  ///
  /// - Returns: what the network is worth, or why it failed.
  /// - Throws: what is no fault of the network: data, disk, ``TrainingError/stopped(iteration:of:checkpoint:folder:)``.
  package func carryOut(_ unit: TrialUnit) throws -> TrialResult {
    let start = ContinuousClock.now
    var result = TrialResult(unit: unit.digest, reward: nil, seconds: 0)
    do {
      do { result.reward = try reward(of: unit) } catch TrainingError.otherRun {
        // Checkpoints of another version of this program.
        try forget(unit.digest)
        result.reward = try reward(of: unit)
      }
    } catch  where Self.isOfNetwork(error) {
      result.reason = "\(error)"
    }
    result.seconds = (ContinuousClock.now - start) / .seconds(1)
    return result
  }

  private func reward(of unit: TrialUnit) throws -> Double {
    if unit.threads > 0 { try Runtime.setThreadCount(unit.threads) }
    let digest = unit.digest
    let folder = "\(run.folder)/trials/\(digest)"
    let model: Model
    if let training = try training(of: unit) {
      // One that was interrupted while it was judged is trained already.
      if !File.exists(file(of: digest)) {
        let trained = try trained(start(of: unit), training, in: folder)
        NewFile.removeLeftovers(in: folder)
        try trained.write(to: file(of: digest))
      }
      model = try network(of: digest)
    } else {
      model = try start(of: unit)
    }
    let worth = try judged(model)
    guard worth.isFinite else { throw NoReward(metric: worth) }
    try Folder.remove("\(folder)/checkpoints")
    try Folder.remove("\(folder)/events")
    return worth
  }

  /// The network before the unit's training.
  private func start(of unit: TrialUnit) throws -> Model {
    if let previous = unit.previous {
      guard File.exists(file(of: previous)) else {
        throw SearchError.lostRound(file(of: previous))
      }
      return try network(of: previous)
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
  ///
  /// - Throws: ``SearchError/unusable(_:)`` for a round that there is not.
  private func training(of unit: TrialUnit) throws -> TrainSettings? {
    guard unit.kind == .quick else { return settings.full?.train }
    guard let train = settings.train, let halving = settings.halving else { return settings.train }
    guard (0..<halving.rungs).contains(unit.rung) else {
      throw SearchError.unusable("the unit is of round \(unit.rung) of \(halving.rungs)")
    }
    return train.round(unit.rung, of: halving, seed: run.seed)
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
      place: TrainingLoop.Place(folder: folder, number: 1, tell: tell, stop: run.stop)
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

  /// Tells how training goes; the rest of what a training tells is the same in every trial.
  private func tell(_ event: RunEvent) {
    if case .iteration = event { run.tell(event) }
  }

  /// The images that models with one kind of input are judged on.
  private func judge(of model: Model) throws -> any EvaluationSet {
    let size = try model.imageSize ?? model.analysedSize
    let input = Input(size: size, name: try model.imageInput)
    if let known = judges[input] { return known }
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
    judges[input] = set
    return set
  }

  /// Whether an error is the network's own fault, so that the search continues without it.
  private static func isOfNetwork(_ error: any Error) -> Bool {
    switch error {
    case TrainingError.notFinite, TrainingError.nothingToTrain, TrainingError.inputs,
      TrainingError.batch, TrainingError.unmatched:
      true
    case is StrategyFailure, is PruneFailure, is OperatorError, is TensorError, is ModelFailure,
      is RunFailure, is GraphError, is DetectionError, is EvaluationError, is NoReward:
      true
    default: false
    }
  }
}

/// A metric that is no number.
private struct NoReward: Error, CustomStringConvertible {
  let metric: Double
  var description: String { "the metric is \(metric)" }
}

@available(*, unavailable) extension TrialWork: Sendable {}
@available(*, unavailable) extension TrialWork.Run: Sendable {}

extension TrainSettings {
  /// How a round of successive halving trains: rounds grow by the factor, and the last ends at the whole length.
  ///
  /// Each draws other batches than those before; milestones are of the whole length.
  func round(_ rung: Int, of halving: SearchSettings.Halving, seed: UInt64) -> TrainSettings {
    func end(_ rung: Int, of whole: Int) -> Int {
      (0..<(halving.rungs - 1 - rung)).reduce(whole) { length, _ in length / halving.factor }
    }
    var settings = self
    var begin = 0
    func part(_ whole: Int) -> Int {
      begin = rung == 0 ? 0 : end(rung - 1, of: whole)
      return max(1, end(rung, of: whole) - begin)
    }
    switch length {
    case .iterations(let count): settings.length = .iterations(part(count))
    case .epochs(let count): settings.length = .epochs(part(count))
    }
    guard rung > 0 else { return settings }
    settings.warmup = 0
    settings.milestones = milestones.map { $0 - begin }.filter { $0 > 0 }
    settings.seed = (self.seed ?? seed) &+ UInt64(rung)
    return settings
  }
}

extension SearchSettings.Halving {
  /// Why a training cannot be shared out over the rounds; nil where it can.
  package func problem(with train: TrainSettings) -> String? {
    let (count, unit) =
      switch train.length {
      case .iterations(let count): (count, "iterations")
      case .epochs(let count): (count, "epochs")
      }
    var least = 1
    for _ in 1..<rungs {
      let (product, overflows) = least.multipliedReportingOverflow(by: factor)
      guard !overflows else { return "\(rungs) rounds by \(factor) are more than can be trained" }
      least = product
    }
    return count < least
      ? "\(rungs) rounds by \(factor) share out at least \(least) \(unit), and there are \(count)"
      : nil
  }
}
