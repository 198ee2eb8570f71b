package import Datasets
import Detection
import Graphs
package import Models
import Operators
package import Tensors

/// Which images a model is evaluated on, what its outputs mean, and how it is judged.
package struct EvaluationPlan: Sendable {
  package var task: TaskSettings
  package var data: DataSettings
  package var split: DataSettings.Split
  /// The folder that relative paths start from.
  package var base: String
  /// Nil takes the format's own.
  package var metric: DetectionMetric?

  package init(
    task: TaskSettings,
    data: DataSettings,
    split: DataSettings.Split,
    base: String = ".",
    metric: DetectionMetric? = nil
  ) {
    self.task = task
    self.data = data
    self.split = split
    self.base = base
    self.metric = metric ?? data.metric
  }

  /// The metric that is used.
  package var chosenMetric: DetectionMetric { metric ?? data.format.metric }

  /// The labelled images.
  ///
  /// - Throws: `DataError`.
  package func dataset() throws -> Dataset { try data.dataset(split, base: base) }

  /// The data set at one input size, judged by the metric.
  ///
  /// - Throws: `DetectionError`; what reading throws.
  package func evaluation(
    of dataset: Dataset,
    size: PixelSize,
    model: Model,
    cacheBytes: Int = 1 << 29,
    isMultiScale: Bool = false
  ) throws -> DetectionEvaluation {
    try DetectionEvaluation(
      images(of: dataset, size: size, model: model, cacheBytes: cacheBytes),
      task: task.task(for: model, classNames: dataset.classes),
      metric: chosenMetric,
      inputName: model.imageInput,
      isMultiScale: isMultiScale
    )
  }

  /// The data set at one input size, judged by the metric, or by agreement with a teacher where the task has one in place of labels.
  ///
  /// - Throws: ``EvaluationError``, `DetectionError`; what reading throws.
  package func set(
    of dataset: Dataset,
    size: PixelSize,
    teacher: Model,
    device: Device
  ) throws -> any EvaluationSet {
    guard task.kind.needsLabels else {
      return try TeacherEvaluation(
        images(of: dataset, size: size, model: teacher),
        teacher: teacher,
        device: device
      )
    }
    return try evaluation(of: dataset, size: size, model: teacher)
  }

  /// The images of a data set as networks of the task take them.
  package func images(
    of dataset: Dataset,
    size: PixelSize,
    model: Model,
    cacheBytes: Int = 1 << 29
  ) throws -> EvaluationImages {
    EvaluationImages(
      dataset,
      size: size,
      preparation: try data.preparation(for: task, model),
      reading: ImageReading(policy: data.faults, cacheBytes: cacheBytes)
    )
  }
}

extension EvaluationPlan {
  /// The images as a model takes them, judged by the metric, or by agreement with the model itself where there are no labels.
  ///
  /// - Parameters:
  ///   - model: gives the input's name and, where it is stated, its size; else 608 x 608.
  ///   - limit: the number of images to use.
  ///   - device: where a teacher runs.
  /// - Returns: the set.
  /// - Throws: `DataError`, ``EvaluationError``, `DetectionError`.
  package func images(
    for model: Model,
    limit: Int? = nil,
    device: Device = .cpu
  ) throws -> any EvaluationSet {
    var dataset = try dataset()
    if let limit { dataset.entries = Array(dataset.entries.prefix(limit)) }
    let size = try model.imageSize ?? PixelSize(width: 608, height: 608)
    return try set(of: dataset, size: size, teacher: model, device: device)
  }
}

extension DataSettings {
  /// How images become a model's input: as the task's networks want it, with the recipe's normalization where it says one.
  ///
  /// - Throws: `DetectionError` for a model that the task does not fit.
  package func preparation(for task: TaskSettings, _ model: Model) throws -> ImagePreparation {
    var preparation = try task.kind.preparation(task.options, model.interface)
    if let normalization { preparation.normalization = normalization }
    return preparation
  }

  /// The data of an option: `voc:data/VOC2007`.
  ///
  /// - Returns: nil for a text that has no format and folder.
  package static func option(_ text: String, faults: FaultPolicy = .skip) -> DataSettings? {
    guard let colon = text.firstIndex(of: ":"),
      let format = DataFormat(rawValue: String(text[..<colon]))
    else { return nil }
    let root = String(text[text.index(after: colon)...])
    guard !root.isEmpty else { return nil }
    return DataSettings(
      format: format,
      root: root,
      train: nil,
      val: nil,
      test: nil,
      faults: faults,
      classes: [],
      metric: nil,
      normalization: nil
    )
  }

  /// How messages and help say what ``option(_:faults:)`` understands.
  package static var acceptedOption: String {
    "FORMAT:ROOT, such as voc:data/VOC2007, with the format \(alternatives(DataFormat.all.map(\.name)))"
  }

  /// The split of a name: `train`, `val`, `test` where the settings have them, else a list of that name.
  package func split(named name: String) -> Split {
    let known = ["train": train, "val": val, "test": test]
    return (known[name] ?? nil) ?? Split(list: name, images: nil)
  }
}
