import Datasets
import Detection
package import Evaluation
import Graphs
import Models
import Operators
import PluginKit
package import Tensors

/// Derivatives of the task's loss by what channel groups hold: one backward pass an image, done once and kept.
///
/// An image is passed alone, normalisation uses its stored statistics, and the images are drawn with the run's seed from those with
/// labels, as training draws them.
package final class LossGradients {
  /// The number of images where nobody says.
  package static let standardImages = 32

  private let plan: EvaluationPlan
  private let count: Int
  private let seed: UInt64
  private let device: Device
  private let tell: (RunEvent) -> Void
  private var found: Found?

  /// What the passes came to.
  struct Found {
    /// Images passed.
    let images: Int
    /// The mean gradient of each constant.
    let weights: [String: Constant]
    /// For each group that is offered, a row an image.
    let masks: [[[Double]]]
  }

  /// Gradients over some images of a list; nothing is read before a strategy asks for one.
  ///
  /// - Parameters:
  ///   - plan: the list, and the task that has the loss.
  ///   - images: how many are drawn, at most.
  ///   - seed: of the drawing.
  ///   - device: where the passes are made.
  ///   - tell: told after every image.
  package init(
    _ plan: EvaluationPlan,
    images: Int = standardImages,
    seed: UInt64 = 0,
    device: Device = .cpu,
    tell: @escaping (RunEvent) -> Void = { _ in }
  ) {
    self.plan = plan
    count = images
    self.seed = seed
    self.device = device
    self.tell = tell
  }

  /// Which images gradients were taken over; nil where no strategy asked.
  package var drawn: (list: String, images: Int, seed: UInt64)? {
    found.map { (plan.split.list, $0.images, seed) }
  }

  /// The gradients of a model, always the same one.
  ///
  /// - Throws: `PluginError` where there can be none.
  func gradients(
    of model: Model,
    _ groups: GroupDescriptions,
    shouldStop: () -> Bool
  ) throws(PluginError) -> Found {
    if let found { return found }
    guard !plan.task.kind.matchesTeacher else {
      throw PluginError(
        .unimplemented,
        "the task '\(plan.task.kind.name)' compares the network with itself, where its loss has no gradient; "
          + "name a task with labels, and labelled images"
      )
    }
    guard plan.data.format.isLabelled else {
      throw PluginError(
        .unimplemented,
        "images of the format '\(plan.data.format.name)' have no labels, so there are no gradients of a loss; "
          + "give labelled images"
      )
    }
    do {
      let found = try passes(of: model, groups, shouldStop)
      self.found = found
      return found
    } catch let error as PluginError {
      throw error
    } catch {
      throw PluginError(.internalError, "gradients cannot be taken: \(error)", cause: error)
    }
  }

  private func passes(
    of model: Model,
    _ groups: GroupDescriptions,
    _ shouldStop: () -> Bool
  ) throws -> Found {
    let size = try model.imageSize ?? PixelSize(width: 608, height: 608)
    let dataset = try plan.dataset()
    let task = try plan.task.task(for: model, classNames: dataset.classes)
    let taps = try task.taps(in: model.interior)
    let images = try images(
      of: dataset,
      size,
      model,
      endsAtLastPixels: type(of: task).endsAtLastPixels
    )
    tell(
      .images(
        list: plan.split.list,
        summary: images.dataset.summary,
        problems: images.dataset.problems
      )
    )
    let input = try model.imageInput
    let passes = BatchPasses(model.fixedBatch(of: size))
    let session = Session(
      model.graph,
      operators: model.operators,
      device: device,
      mode: .plain,
      memory: 0
    )
    var sums = try GradientSums(model, groups, session)
    let all = min(count, images.count)
    for place in 0..<images.count where sums.images < all {
      if shouldStop() { throw PluginError(.cancelled, "stopped while gradients were taken") }
      let batch = try images.batch(place..<place + 1)
      // An image that cannot be read gives its turn to the next.
      guard images.problem(at: place) == nil else { continue }
      let pixels = try Tensor(batch.pixels, shape: [1, 3, size.height, size.width])
      try withGradients {
        let outputs = try passes.outputs(of: [input: try pixels.moved(to: device)]) {
          try session.run($0, taps: taps.map(\.value), keeping: false)
        }
        let loss = try task.loss(
          taps.added(to: outputs.mapValues { try $0.converted(to: .float32) }),
          TaskTargets(boxes: batch.targets, inputSize: size)
        ).total
        guard let value = try loss.detached().doubles().first, value.isFinite else {
          throw PluginError(.numeric, "the loss of '\(batch.paths[0])' is no finite number")
        }
        try sums.add(loss)
      }
      tell(.work(.gradients, done: sums.images, of: all))
    }
    guard sums.images > 0 else {
      throw PluginError(
        .notFound,
        "the list '\(plan.split.list)' has no image with labels that can be read, so there are no gradients"
      )
    }
    return try sums.found()
  }

  /// The list's images with labels, in a drawn order.
  private func images(
    of dataset: Dataset,
    _ size: PixelSize,
    _ model: Model,
    endsAtLastPixels: Bool
  ) throws -> EvaluationImages {
    var dataset = dataset
    if plan.data.format.trainsToLastPixel && endsAtLastPixels {
      dataset = dataset.endingAtLastPixels
    }
    let labelled = dataset.entries.filter { !$0.objects.isEmpty }
    let order = TrainingPlan(batchSize: 1, size: size, seed: seed)
      .order(epoch: 0, count: labelled.count)
    dataset.entries = order.map { labelled[$0] }
    return try plan.images(of: dataset, size: size, model: model, cacheBytes: 0)
  }
}

@available(*, unavailable) extension LossGradients: Sendable {}

/// The sums of gradients while images are passed.
private struct GradientSums {
  /// A constant along one axis, whose products with their gradients are added up across all others.
  private struct Axis: Hashable {
    let constant: String
    let axis: Int
  }

  /// Where one sum of an axis goes: to these positions of a group.
  private struct Use {
    let group: Int
    let positions: ContiguousArray<Int32>
  }

  private(set) var images = 0
  private let names: [String]
  private let tensors: [Tensor]
  private let axes: [(axis: Axis, uses: [Use])]
  private let channels: [Int]
  private var totals: [Tensor?]
  private var masks: [[[Double]]]

  /// Marks the constants of a model's groups, but for those that normalisation has counted.
  init(_ model: Model, _ groups: GroupDescriptions, _ session: Session) throws {
    let statistics = Set(
      TrainableWeights(model.graph, operators: model.operators).statistics
    )
    var names: [String] = []
    var seen: Set<String> = []
    var uses: [(axis: Axis, uses: [Use])] = []
    var places: [Axis: Int] = [:]
    for (index, group) in groups.sources.enumerated() {
      for member in group.members
      where !statistics.contains(member.constant)
        && model.graph.constants[member.constant]?.type == .float32
        && seen.insert(member.constant).inserted
      {
        names.append(member.constant)
      }
      for member in group.masked {
        guard seen.contains(member.constant) else {
          throw PluginError(
            .unimplemented,
            "the weight '\(member.constant)' is stored as \(model.graph.constants[member.constant]?.type.description ?? "nothing"); "
              + "gradients are of networks in 32-bit floats"
          )
        }
        let axis = Axis(constant: member.constant, axis: member.axis)
        let use = Use(group: index, positions: member.positions)
        if let place = places[axis] {
          uses[place].uses.append(use)
        } else {
          places[axis] = uses.count
          uses.append((axis, [use]))
        }
      }
    }
    guard !names.isEmpty else {
      throw PluginError(.unimplemented, "no group of \(model.name) has weights in 32-bit floats")
    }
    self.names = names
    axes = uses
    channels = groups.sources.map(\.channels)
    tensors = try names.map { try session.tensor(constant: $0).setRequiresGradient() }
    totals = names.map { _ in nil }
    masks = groups.sources.map { _ in [] }
  }

  /// Adds an image's loss.
  mutating func add(_ loss: Tensor) throws {
    let gradients = try Tensor.gradients(
      of: [loss],
      withRespectTo: tensors,
      allowingUnused: true
    )
    try withoutGradients {
      for (index, gradient) in gradients.enumerated() {
        guard let gradient else { continue }
        if let total = totals[index] {
          try total.addInPlace(gradient)
        } else {
          totals[index] = try ATen.one("clone", gradient)
        }
      }
      try addMasks(gradients)
    }
    images += 1
  }

  private mutating func addMasks(_ gradients: [Tensor?]) throws {
    let places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    var sums: [Tensor] = []
    var summed: [[Use]] = []
    for (axis, uses) in axes {
      guard let place = places[axis.constant], let gradient = gradients[place] else { continue }
      let product = try tensors[place] * gradient
      let others = (0..<product.rank).filter { $0 != axis.axis }
      sums.append(
        try others.isEmpty
          ? product.converted(to: .float64) : product.sum(along: others, as: .float64)
      )
      summed.append(uses)
    }
    var rows = channels.map { [Double](repeating: 0, count: $0) }
    var next = try sums.isEmpty ? [][...] : Tensor.concatenated(sums, along: 0).doubles()[...]
    for uses in summed {
      let count = uses.first?.positions.count ?? 0
      for use in uses {
        for (value, position) in zip(next, use.positions) where position >= 0 {
          rows[use.group][Int(position)] += value
        }
      }
      next = next.dropFirst(count)
    }
    for (group, row) in rows.enumerated() { masks[group].append(row) }
  }

  /// The means, on the CPU.
  func found() throws -> LossGradients.Found {
    var weights: [String: Constant] = [:]
    for (name, total) in zip(names, totals) {
      guard let total else { continue }
      weights[name] = try (total * (1 / Double(images))).moved(to: .cpu).contiguous().constant()
    }
    return LossGradients.Found(images: images, weights: weights, masks: masks)
  }
}

extension ChannelGroup {
  /// What a factor on each channel stands before: the consumers' slices, or where there are none, what producers make, bias included.
  fileprivate var masked: [Member] {
    let consumers = Array(consumers)
    guard consumers.isEmpty else { return consumers }
    let makers = Set(producers.map(\.node))
    return members.filter { makers.contains($0.node) }
  }
}
