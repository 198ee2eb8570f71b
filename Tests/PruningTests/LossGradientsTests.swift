import Datasets
import Detection
import Evaluation
import Files
import Graphs
import Metrics
import Models
import Operators
import PluginKit
import Pruning
import Tensors
import TestNetworks
import TestSupport
import Testing

/// Gradients that pruners ask for, beside differences of the very loss that they are of.
@Suite(.serialized)
struct LossGradientsTests {
  private static let images = 3
  private static let seed: UInt64 = 5

  /// A detector with batch norm, depthwise convolutions and concatenations, and images drawn for it.
  private struct Drawn {
    let folder: ScratchFolder
    let model: Model
    let plan: EvaluationPlan
    let context: StrategyContext

    init(task: TaskKind = SquaresTask.kind, list: String = "train") throws {
      folder = try ScratchFolder()
      try SyntheticDataset(images: 8, seed: 3, size: PixelSize(width: 64, height: 64))
        .write(to: folder.path("drawn"), threads: 2) { _ in }
      var model = try Model.built(
        "yolov3_mobilenet_v1",
        classes: 4,
        form: NetworkForm(width: 0.0625),
        inputSize: [1, 3, 64, 64],
        seed: 2
      ).separatingWeights()
      // Offsets of 0 put dark pixels where ReLU has no slope of its own.
      var net = SmallNetwork(seed: 8)
      var graph = model.graph
      for weight in TrainableWeights(graph, operators: model.operators).weights {
        guard let constant = graph.constants[weight.name], constant.shape.count == 1,
          let values = constant.floats
        else { continue }
        let moved = zip(values, net.floats(values.count, scale: 0.2)).map { $0 + $1 }
        graph.constants[weight.name] = Constant(moved, shape: constant.shape)
      }
      model = try model.replacing(graph: graph)
      self.model = model
      plan = EvaluationPlan(
        task: TaskSettings(kind: task),
        data: try #require(DataSettings.option("voc:\(folder.path("drawn"))")),
        split: .init(list: list)
      )
      let groups = ChannelGroups(model.graph, facts: model.facts, operators: model.operators)
      context = StrategyContext(model, pruning: ChannelPruning(model.graph, groups: groups))
      context.gradients = LossGradients(
        plan,
        images: LossGradientsTests.images,
        seed: LossGradientsTests.seed
      )
    }

    /// The loss of each image that gradients are taken over, where constants are changed; in 64-bit floats, so that small steps count.
    func losses(_ changes: [String: [Double]] = [:]) throws -> [Double] {
      var dataset = try plan.dataset()
      let labelled = dataset.entries.filter { !$0.objects.isEmpty }
      let size = PixelSize(width: 64, height: 64)
      dataset.entries = TrainingPlan(batchSize: 1, size: size, seed: LossGradientsTests.seed)
        .order(epoch: 0, count: labelled.count).map { labelled[$0] }
      let images = try plan.images(of: dataset, size: size, model: model)
      let session = Session(model.graph, operators: model.operators, mode: .plain, memory: 0)
      for name in model.graph.constants.names {
        guard let constant = model.graph.constants[name], constant.type == .float32 else {
          continue
        }
        let values = try changes[name] ?? #require(constant.floats).map(Double.init)
        try session.set(constant: name, to: try Tensor(values, shape: constant.shape))
      }
      let task = try plan.task.task(for: model, classNames: dataset.classes)
      return try (0..<LossGradientsTests.images).map { place in
        let batch = try images.batch(place..<place + 1)
        let input = try Tensor(batch.pixels.map(Double.init), shape: [1, 3, 64, 64])
        let outputs = try session.run([model.imageInput: input], keeping: false)
        let targets = TaskTargets(boxes: batch.targets, inputSize: size)
        return try task.loss(outputs, targets).total.doubles()[0]
      }
    }
  }

  @Test func `the gradient of a weight is the slope of the mean loss along it`() throws {
    let drawn = try Drawn()
    var checked = 0
    for group in drawn.context.groups where group.index % 11 == 0 {
      for member in group.members {
        let gradient = try drawn.context.gradient(member.index, of: group)
        let slopes = gradient.floats
        let length = slopes.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        // What normalisation has counted stays; so does a weight that the loss does not reach.
        guard length > 1e-3 else { continue }
        let constant = try #require(drawn.model.graph.constants[member.name])
        let weights = try #require(constant.floats)
        let step = 1e-6 / length
        func mean(_ sign: Double) throws -> Double {
          let moved = zip(weights, slopes).map {
            Double($0) + sign * step / length * Double($1)
          }
          let losses = try drawn.losses([member.name: moved])
          return losses.reduce(0, +) / Double(losses.count)
        }
        let slope = (try mean(1) - mean(-1)) / (2 * step)
        #expect(
          abs(slope - length) <= 1e-3 * length,
          "\(group.name), \(member.name): \(slope) by differences, \(length)"
        )
        checked += 1
      }
    }
    #expect(checked > 6)
  }

  @Test
  func `a mask's gradient is the slope of one image's loss by a factor on what consumers read`()
    throws
  {
    let drawn = try Drawn()
    #expect(try drawn.context.gradientSamples == Self.images)
    var checked = 0
    for group in drawn.context.groups where group.index % 6 == 1 && !group.consumers.isEmpty {
      let rows = try drawn.context.maskGradients(of: group)
      #expect(rows.count == Self.images && rows.allSatisfy { $0.count == group.channels })
      let largest = try #require(rows[0].indices.max { abs(rows[0][$0]) < abs(rows[0][$1]) })
      let step = 1e-6
      func losses(_ factor: Double) throws -> [Double] {
        var changes: [String: [Double]] = [:]
        for member in group.consumers {
          let constant = try #require(drawn.model.graph.constants[member.name])
          var values = try changes[member.name] ?? #require(constant.floats).map(Double.init)
          let inner = constant.shape[(member.axis + 1)...].reduce(1, *)
          for index in values.indices {
            let slice = index / inner % constant.shape[member.axis] - member.at
            if slice >= 0, slice < member.count * member.block,
              member.first + slice / member.block == largest
            {
              values[index] *= factor
            }
          }
          changes[member.name] = values
        }
        return try drawn.losses(changes)
      }
      let (above, below) = (try losses(1 + step), try losses(1 - step))
      for image in 0..<Self.images {
        let slope = (above[image] - below[image]) / (2 * step)
        let gradient = rows[image][largest]
        #expect(
          abs(slope - gradient) <= 1e-3 * abs(gradient) + 1e-5,
          "\(group.name), image \(image): \(slope) by differences, \(gradient)"
        )
        checked += 1
      }
    }
    #expect(checked > 6)
  }

  @Test func `statistics of batch norm are frozen`() throws {
    let drawn = try Drawn()
    let group = try #require(
      drawn.context.groups.first { $0.members.contains { $0.op == "BatchNormalization" } }
    )
    let norms = group.members.filter { $0.op == "BatchNormalization" }
    let zero = try norms.map {
      try drawn.context.gradient($0.index, of: group).floats.allSatisfy { $0 == 0 }
    }
    // Scale and shift are trained; mean and variance are not.
    #expect(zero.count { $0 } * 2 == zero.count)
  }

  @Test func `without labels the cure is said before any image is read`() throws {
    let drawn = try Drawn(task: .matchTeacher)
    let error = try #require(throws: PluginError.self) {
      _ = try drawn.context.gradient(0, of: drawn.context.groups[0])
    }
    #expect(error.code == .unimplemented)
    #expect(error.message.contains("compares the network with itself"))
    drawn.context.gradients = nil
    let missing = try #require(throws: PluginError.self) { _ = try drawn.context.gradientSamples }
    #expect(missing.code == .unimplemented && missing.message.contains("give a task"))
  }

  @Test func `an image that cannot be read gives its turn to the next`() throws {
    let drawn = try Drawn()
    let whole = try drawn.context.maskGradients(of: drawn.context.groups[0])
    let dataset = try drawn.plan.dataset()
    let size = PixelSize(width: 64, height: 64)
    let labelled = dataset.entries.filter { !$0.objects.isEmpty }
    let order = TrainingPlan(batchSize: 1, size: size, seed: Self.seed)
      .order(epoch: 0, count: labelled.count)
    try File.write(Array("no picture".utf8), to: labelled[order[0]].path)
    drawn.context.gradients = LossGradients(drawn.plan, images: Self.images, seed: Self.seed)
    let fewer = try drawn.context.maskGradients(of: drawn.context.groups[0])
    #expect(fewer.count == Self.images)
    #expect(Array(fewer.prefix(2)) == Array(whole.dropFirst()))
  }
}

/// A loss that is smooth and keeps the outputs' type: their mean squares, each image's by its number of boxes.
private struct SquaresTask: DetectionTask {
  static let name = "squares"
  static let kind = TaskKind(
    name,
    doc: "Mean squares.",
    preparation: { _, _ in ImagePreparation(normalization: .imageNet, interpolation: .cubic) }
  ) { _, _ in SquaresTask() }

  func loss(_ outputs: [String: Tensor], _ targets: TaskTargets) throws -> TaskLoss {
    var total: Tensor?
    for (_, output) in outputs.sorted(by: { $0.key < $1.key }) {
      let term = try output.square().mean() * Double(targets.boxes[0].count)
      total = try total.map { try $0 + term } ?? term
    }
    return TaskLoss(total: try total ?? Tensor.full([], 0))
  }

  func detections(_ outputs: [String: Tensor], _ images: TaskImages) throws -> [[DetectedBox]] {
    []
  }
}

extension WeightView {
  fileprivate var floats: [Float] {
    withValues { values in values.indices.map { values[$0] } }
  }
}
