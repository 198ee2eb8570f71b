package import Datasets
package import Detection
package import Evaluation
package import Graphs
package import Models
import Operators
package import Tensors

/// A model while it is trained: its weights as tensors, its optimiser, and what a step does to them.
///
/// A trainer belongs to one thread, as torch's grad mode does.
package final class Trainer {
  /// What a step came to.
  package struct Outcome: Sendable {
    package var loss: Double
    /// The loss's parts, by name; read from the tensors only where they are asked for.
    package var terms: [(name: String, value: Tensor)]
    package var rate: Double
    package var images: Int
  }

  package let model: Model
  package let settings: TrainSettings
  package let device: Device
  package let weights: TrainableWeights
  /// Tensors of the weights, in their order.
  package let parameters: [Tensor]
  /// Tensors of the running statistics, in their order.
  package let statistics: [Tensor]
  package let optimiser: any Optimiser
  package let average: MovingAverage?
  /// Steps done.
  package internal(set) var step = 0

  /// Teacher and losses, where the step distills.
  package let distillation: Distillation?
  /// The number of images that the model's nodes insist on; nil where they take any.
  package let fixedBatch: FixedBatch?
  /// Outputs that the task would compare with the teacher's, were they floats of known sizes.
  package let leftOut: [ComparedOutputs.LeftOut]

  private let session: Session
  private let teacher: (session: Session, passes: BatchPasses, names: [String])?
  private let steps: Int
  private let task: any DetectionTask
  /// What the task's loss reads inside the network.
  private let taps: [TaskTap]
  private let schedule: LearningRate
  private let input: String
  private let seed: UInt64?
  private let runSeed: UInt64

  /// Takes a model's constants as they are.
  ///
  /// - Parameters:
  ///   - model: what to train.
  ///   - task: where the loss comes from.
  ///   - settings: how to train.
  ///   - steps: steps in all, for the schedule.
  ///   - device: where to train.
  ///   - seed: for operators that draw, such as dropout.
  ///   - teacher: the model whose outputs the task compares with, if it does; not beside a distillation, which has one.
  ///   - distillation: losses that are added to the task's.
  /// - Throws: ``TrainingError``; `TensorError`.
  package init(
    _ model: Model,
    task: any DetectionTask,
    settings: TrainSettings,
    steps: Int,
    device: Device = .cpu,
    seed: UInt64 = 0,
    teacher: Model? = nil,
    distillation: Distillation? = nil
  ) throws {
    self.model = model
    fixedBatch = model.fixedBatch()
    let compared = try teacher.map { teacher in
      let compared = ComparedOutputs(of: teacher).without(ComparedOutputs(of: model))
      try compared.require()
      return compared
    }
    leftOut = compared?.leftOut ?? distillation?.leftOut ?? []
    self.distillation = distillation
    self.steps = steps
    self.task = task
    self.settings = settings
    self.device = device
    schedule = LearningRate(settings, steps: steps)
    input = try Self.imageInput(of: model)
    taps = try distillation?.taskWeight == 0 ? [] : task.taps(in: model.interior)
    self.runSeed = seed
    let draws = model.graph.nodes.contains {
      model.operators[$0]?.traits.contains(.drawsRandom) == true
    }
    self.seed = draws ? seed : nil
    let weights = TrainableWeights(model.graph, operators: model.operators)
    guard !weights.weights.isEmpty else { throw TrainingError.nothingToTrain(model: model.name) }
    self.weights = weights
    session = Session(model.graph, operators: model.operators, device: device, mode: .training)
    self.teacher = teacher.map {
      (
        Session($0.graph, operators: $0.operators, device: device, mode: .fast, memory: 0),
        BatchPasses($0.fixedBatch()), compared?.names ?? []
      )
    }
    let format = settings.channelsLast
    parameters = try weights.weights.map { [session] in
      try Self.own($0.name, of: session, channelsLast: format)
    }
    statistics = try weights.statistics.map { [session] in
      try Self.own($0, of: session, channelsLast: false)
    }
    var groups = try Self.groups(weights, parameters, settings)
    let adapters = distillation?.adapters ?? []
    if !adapters.isEmpty {
      groups.append(ParameterGroup(adapters.map(\.weight), weightDecay: settings.weightDecay))
      groups.append(ParameterGroup(adapters.map(\.bias)))
    }
    for group in groups where group.rate > 0 {
      for tensor in group.tensors { try tensor.setRequiresGradient() }
    }
    optimiser = try Self.optimiser(groups.filter { $0.rate > 0 }, settings)
    average =
      settings.ema > 0
      ? try MovingAverage(of: parameters + statistics, decay: settings.ema) : nil
  }

  /// Does one step on a batch.
  ///
  /// - Throws: ``TrainingError/notFinite(what:step:files:checkpoint:)`` before any weight is touched; `OperatorError`
  ///   and `TensorError` where the model does not execute.
  package func train(on batch: ImageBatch) throws -> Outcome {
    let image = try tensor(of: batch)
    let rate = schedule[step]
    if let seed { try Runtime.seed(seed &+ UInt64(step) &* 0x9E37_79B9_7F4A_7C15) }
    // The teacher first: a GPU computes it beside the student.
    let known = try distillation?.teacher.values(image, of: batch) ?? [:]
    // Where the graph takes fewer images than a step has, its passes make one loss together: gradients are those of the whole batch.
    let outputs = try withAutocast(to: settings.autocast.dtype, on: device.kind) {
      try BatchPasses(fixedBatch).outputs(of: [input: image]) {
        try session.run($0, taps: (distillation?.studentTaps ?? []) + taps.map(\.value))
      }
    }
    try distillation?.teacher.join()
    let loss = try loss(of: outputs.mapValues { try $0.widened() }, known, image, batch)
    let value = try loss.total.detached().doubles().first ?? .nan
    guard value.isFinite else {
      let name = try distillation?.firstNotFinite(loss).map { "the loss '\($0)'" }
      throw TrainingError.notFinite(
        what: name ?? "the loss",
        step: step,
        files: batch.paths,
        checkpoint: nil
      )
    }
    if let distillation {
      try distillation.backward(from: loss.total)
    } else {
      try loss.total.backward()
    }
    if settings.clip > 0 { try GradientClipping.clip(moved, to: settings.clip) }
    try optimiser.step(rate: rate)
    try average?.update(step: step)
    step += 1
    return Outcome(loss: value, terms: loss.terms, rate: rate, images: batch.count)
  }

  /// The task's loss, and what is distilled.
  private func loss(
    of outputs: [String: Tensor],
    _ known: [String: Tensor],
    _ image: Tensor,
    _ batch: ImageBatch
  ) throws -> TaskLoss {
    let isOwn = distillation?.taskWeight != 0
    let targets = TaskTargets(
      boxes: batch.targets,
      inputSize: batch.size,
      teacher: try matched(known, image)
    )
    let own = try isOwn ? task.loss(taps.added(to: outputs), targets) : nil
    guard let distillation else { return try own ?? TaskLoss(total: Tensor.full([], 0)) }
    let moment = DistillMoment(step: step, of: steps, batch, seed: runSeed)
    return try distillation.loss(adding: own, outputs, known, moment)
  }

  /// The outputs that the task compares with, where it does.
  private func matched(_ known: [String: Tensor], _ image: Tensor) throws -> [String: Tensor] {
    if let distillation { return distillation.outputs(known) }
    guard let teacher else { return [:] }
    return try teacher.passes.outputs(of: [input: image]) {
      try teacher.session.run($0, keeping: false)
    }.filter { teacher.names.contains($0.key) }
  }

  /// All that gradients move: the weights, and what is trained along.
  private var moved: [Tensor] {
    parameters + (distillation?.adapters.flatMap { [$0.weight, $0.bias] } ?? [])
  }

  /// The graph with the weights as they are now, or smoothed.
  package func graph(smoothed: Bool = false) throws -> Graph {
    var graph = model.graph
    let tensors = smoothed ? average?.smoothed : nil
    let names = weights.weights.map(\.name) + weights.statistics
    for (name, tensor) in zip(names, tensors ?? parameters + statistics) {
      graph.constants[name] = try tensor.detached().moved(to: .cpu).constant()
    }
    return graph
  }

  /// Whether every weight and statistic is a number.
  package func isFinite() throws -> Bool {
    try withoutGradients {
      let norms = try ATen.many("_foreach_norm", "Scalar", moved + statistics, 1.0)
      return try Tensor.stacked(norms).doubles().allSatisfy(\.isFinite)
    }
  }

  private func tensor(of batch: ImageBatch) throws -> Tensor {
    let shape = [batch.count, 3, batch.size.height, batch.size.width]
    let tensor = try Tensor(batch.pixels, shape: shape).moved(to: device)
    guard settings.channelsLast else { return tensor }
    return try tensor.contiguous(.channelsLast)
  }
}

@available(*, unavailable) extension Trainer: Sendable {}

extension TrainSettings.Autocast {
  fileprivate var dtype: DType? {
    switch self {
    case .none: nil
    case .bfloat16: .bfloat16
    case .float16: .float16
    }
  }
}

extension Tensor {
  /// The tensor in 32-bit floats, recorded.
  fileprivate func widened() throws -> Tensor {
    dtype == .float64 ? self : try converted(to: .float32)
  }
}
