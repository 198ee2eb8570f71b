import Datasets
import Detection
package import Evaluation
import Graphs
package import Models
import Operators
package import Tensors

extension TrainingMaterial {
  /// What a step trains with: its task, its images, and the images that it is judged by.
  ///
  /// - Parameters:
  ///   - settings: of the step.
  ///   - task: what the model is for.
  ///   - data: where images are.
  ///   - model: gives the input's size.
  ///   - original: the model before the first step, which tasks without labels compare with.
  ///   - device: where it runs.
  ///   - seed: of the run; the settings' own goes before it.
  ///   - base: the folder that relative paths start from.
  ///   - tell: told how many images are used, and what is wrong with them.
  /// - Throws: `DataError`, `DetectionError`; ``TrainingError/unusable(_:)``.
  package init(
    _ settings: TrainSettings,
    task: TaskSettings?,
    data: DataSettings?,
    model: Model,
    original: Model,
    device: Device = .cpu,
    seed: UInt64,
    base: String,
    tell: (RunEvent) -> Void = { _ in }
  ) throws {
    guard let task, let data, let split = data.train else {
      throw TrainingError.unusable("a recipe that trains needs 'task' and 'data' with 'train'")
    }
    var dataset = try data.dataset(split, base: base)
    let made = try task.task(for: original, classNames: dataset.classes)
    if data.format.trainsToLastPixel && type(of: made).endsAtLastPixels {
      dataset = dataset.endingAtLastPixels
    }
    tell(.images(list: split.list, summary: dataset.summary, problems: dataset.problems))
    let size = try Self.inputSize(of: model, settings)
    guard var augmentation = Augmentation.preset(settings.augment) else {
      throw TrainingError.unusable("there is no augmentation '\(settings.augment)'")
    }
    augmentation.sides = settings.sizes
    let plan = TrainingPlan(
      batchSize: settings.batch,
      size: size,
      augmentation: augmentation,
      preparation: try data.preparation(for: task, original),
      seed: settings.seed ?? seed,
      keepsEmpty: !data.format.isLabelled || task.kind.matchesTeacher
    )
    let batches = try TrainingBatches(
      dataset,
      plan: plan,
      reading: ImageReading(policy: data.faults)
    )
    self.init(
      task: made,
      batches: batches,
      evaluation: try Self.evaluation(
        task,
        data,
        settings,
        base: base,
        size: size,
        original: original,
        device: device
      ),
      dataHash: dataset.contentHash
    )
  }

  /// The images that models are judged by; nil where the step evaluates none.
  private static func evaluation(
    _ task: TaskSettings,
    _ data: DataSettings,
    _ settings: TrainSettings,
    base: String,
    size: PixelSize,
    original: Model,
    device: Device
  ) throws -> (any EvaluationSet)? {
    guard settings.evaluateEvery > 0, let split = data.val else { return nil }
    let plan = EvaluationPlan(task: task, data: data, split: split, base: base)
    return try plan.set(of: plan.dataset(), size: size, teacher: original, device: device)
  }

  /// The size of the network's input; the first of the sizes to draw from where the model leaves it open.
  private static func inputSize(
    of model: Model,
    _ settings: TrainSettings
  ) throws(TrainingError) -> PixelSize {
    let name = try Trainer.imageInput(of: model)
    if let sizes = model.facts[name].sizes, let height = sizes[2], let width = sizes[3] {
      return PixelSize(width: width, height: height)
    }
    guard let side = settings.sizes.first else {
      throw .unusable("\(model.name) leaves its input's size open: give 'input_size' or 'sizes'")
    }
    return PixelSize(width: side, height: side)
  }
}
