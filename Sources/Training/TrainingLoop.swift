import Datasets
package import Evaluation
import Graphs
import ModelFormats
import Models
import Operators
import Tensors

/// A step of training from its last checkpoint, or its start, to its end.
package struct TrainingLoop {
  /// Where a step trains and what it tells.
  package struct Place {
    /// The run's folder.
    package var folder: String
    /// The step's number in the recipe, from 1.
    package var number: Int
    package var store: (any TrainingStore)?
    /// Told what happens.
    package var tell: (RunEvent) -> Void
    /// Asked between iterations; where it is wanted, a checkpoint is written and training ends.
    package var stop: StopRequest?

    package init(
      folder: String,
      number: Int,
      store: (any TrainingStore)? = nil,
      tell: @escaping (RunEvent) -> Void = { _ in },
      stop: StopRequest? = nil
    ) {
      self.folder = folder
      self.number = number
      self.store = store
      self.tell = tell
      self.stop = stop
    }
  }

  private let trainer: Trainer
  private let material: TrainingMaterial
  private let identity: Checkpoint.Identity
  private let checkpoints: CheckpointFolder
  private let place: Place
  private let steps: Int
  private let evaluator: ValidationSession?
  private var best: Checkpoint.Best?
  private var lastGood: String?
  private var latest = Figures()
  /// When the last checkpoint was written, or training began.
  private var saved = ContinuousClock.now

  /// What is told of the last steps.
  private struct Figures {
    var loss = Double.nan
    var metric: Double?
    var rate = 0.0
  }

  init(
    _ trainer: Trainer,
    material: TrainingMaterial,
    identity: Checkpoint.Identity,
    steps: Int,
    checkpoints: CheckpointFolder,
    place: Place
  ) {
    self.trainer = trainer
    self.material = material
    self.identity = identity
    self.steps = steps
    self.checkpoints = checkpoints
    self.place = place
    evaluator = material.evaluation.map {
      ValidationSession(
        $0,
        operators: trainer.model.operators,
        device: trainer.device,
        fixed: trainer.fixedBatch
      )
    }
  }

  /// Trains to the end.
  ///
  /// - Parameter resumed: the checkpoint to go on from.
  /// - Returns: the trained model and what became of it.
  /// - Throws: ``TrainingError``, and whatever the model, the data or the disk refuse; the checkpoints so far stay.
  ///   ``TrainingError/stopped(iteration:of:checkpoint:folder:)`` where a stop was wanted.
  mutating func run(from resumed: (checkpoint: Checkpoint, path: String)?) throws -> TrainStep {
    if let (checkpoint, path) = resumed {
      try trainer.restore(checkpoint.file, path: path, step: checkpoint.step)
      best = checkpoint.best
      lastGood = path
      latest.loss = checkpoint.loss
      latest.metric = checkpoint.metric
    }
    let first = trainer.step
    try place.store?.begin(
      step: place.number,
      name: trainer.distillation == nil ? "train" : "distill",
      from: first
    )
    let events =
      first < steps
      ? try EventFile(in: "\(place.folder)/events/step-\(place.number)", from: first) : nil
    let start = ContinuousClock.now
    saved = start
    var pace = Pace(start)
    let stop = place.stop ?? StopRequest()
    try stop.whileSaving {
      while trainer.step < steps, !hasStalled { try advance(events, &pace, stop) }
    }
    let seconds = (ContinuousClock.now - start).seconds
    let summary = TrainStep.Summary(
      steps: trainer.step,
      resumedFrom: first,
      loss: latest.loss,
      metric: latest.metric,
      metricName: material.evaluation?.metricName,
      leftOut: trainer.leftOut,
      best: best,
      seconds: seconds,
      imagesPerSecond: seconds > 0
        ? Double((trainer.step - first) * trainer.settings.batch) / seconds : 0
    )
    return try TrainStep(trainer, takingBest: bestFile, summary: summary)
  }

  /// Whether so many evaluations in a row brought nothing better that training ends; found from the checkpoint's figures alone, so that a resumed
  /// run ends where it would have.
  private var hasStalled: Bool {
    let settings = trainer.settings
    guard settings.patience > 0, let best, trainer.step.isMultiple(of: settings.evaluateEvery)
    else {
      return false
    }
    return trainer.step - best.step >= settings.patience * settings.evaluateEvery
  }

  /// The file of the best model where that is what is wanted.
  private var bestFile: String? {
    trainer.settings.take == .best && best != nil ? checkpoints.best : nil
  }

  private mutating func advance(
    _ events: EventFile?,
    _ pace: inout Pace,
    _ stop: StopRequest
  ) throws {
    let settings = trainer.settings
    let outcome: Trainer.Outcome
    let batch = try pace.waiting { try material.batches.batch(trainer.step) }
    do { outcome = try trainer.train(on: batch) } catch TrainingError.notFinite(
      let what,
      let step,
      let files,
      _
    ) { throw TrainingError.notFinite(what: what, step: step, files: files, checkpoint: lastGood) }
    pace.count(outcome.images)
    let done = trainer.step
    latest.loss = outcome.loss
    latest.rate = outcome.rate
    let isLast = done == steps
    if done.isMultiple(of: settings.logEvery) || isLast {
      try log(outcome, events, &pace)
    }
    if settings.evaluateEvery > 0, done.isMultiple(of: settings.evaluateEvery) || isLast {
      try evaluate(events, &pace)
    }
    let isDue = settings.checkpointEvery > 0 && done.isMultiple(of: settings.checkpointEvery)
    let minutes = settings.checkpointMinutes
    let isLate = minutes > 0 && (ContinuousClock.now - saved).seconds >= minutes * 60
    let isStopping = stop.isWanted && !isLast
    if isDue || isLate || isLast || isStopping || hasStalled { try save(batch.paths) }
    if isStopping {
      throw TrainingError.stopped(
        iteration: done,
        of: steps,
        checkpoint: checkpoints.file(of: done),
        folder: place.folder
      )
    }
  }

  private func log(
    _ outcome: Trainer.Outcome,
    _ events: EventFile?,
    _ pace: inout Pace
  ) throws {
    var figures = [("loss", outcome.loss), ("learning_rate", outcome.rate)]
    for (name, value) in outcome.terms {
      figures.append(("loss/\(name)", try value.detached().doubles().first ?? .nan))
    }
    let speed = pace.lap()
    figures.append(("images_per_second", speed.imagesPerSecond))
    figures.append(("waiting_for_images", speed.waiting))
    let named = figures.map { (name: $0.0, value: $0.1) }
    try place.store?.log(step: place.number, iteration: trainer.step, named)
    try events?.write(named, step: trainer.step)
    place.tell(
      .iteration(
        .init(
          done: trainer.step,
          all: steps,
          loss: outcome.loss,
          imagesPerSecond: speed.imagesPerSecond,
          secondsLeft: pace.secondsLeft(done: trainer.step, of: steps),
          metric: latest.metric
        )
      )
    )
  }

  private mutating func evaluate(_ events: EventFile?, _ pace: inout Pace) throws {
    guard let evaluator else { return }
    let graph = try trainer.graph(smoothed: trainer.average != nil)
    let metric = try pace.pausing { try evaluator.metric(of: graph) }
    latest.metric = metric
    let figure = [(name: "metric", value: metric)]
    try place.store?.log(step: place.number, iteration: trainer.step, figure)
    try events?.write(figure, step: trainer.step)
    place.tell(
      .evaluation(
        metric: evaluator.images.metricName,
        metric,
        iteration: trainer.step,
        of: steps
      )
    )
    guard metric > best?.metric ?? -.infinity else { return }
    best = Checkpoint.Best(step: trainer.step, metric: metric)
    let texts = ["step": "\(trainer.step)", "metric": "\(metric)"]
    let arrays = trainer.weights.weights.map(\.name) + trainer.weights.statistics
    let best = arrays.compactMap { name in graph.constants[name].map { (name: name, array: $0) } }
    try Safetensors(arrays: best, metadata: texts).write(to: checkpoints.best)
  }

  private mutating func save(_ files: [String]) throws {
    guard try trainer.isFinite() else {
      throw TrainingError.notFinite(
        what: "a weight",
        step: trainer.step - 1,
        files: files,
        checkpoint: lastGood
      )
    }
    let checkpoint = try Checkpoint(
      trainer,
      identity: identity,
      best: best,
      loss: latest.loss,
      metric: latest.metric
    )
    try checkpoints.write(checkpoint)
    lastGood = checkpoints.file(of: checkpoint.step)
    saved = ContinuousClock.now
  }
}

@available(*, unavailable) extension TrainingLoop: Sendable {}
@available(*, unavailable) extension TrainingLoop.Place: Sendable {}
