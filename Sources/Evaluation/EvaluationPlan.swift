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
    inputName: String,
    cacheBytes: Int = 1 << 29,
    isMultiScale: Bool = false
  ) throws -> DetectionEvaluation {
    try DetectionEvaluation(
      images(of: dataset, size: size, cacheBytes: cacheBytes),
      task: task.task(dataClasses: dataset.classes.count),
      metric: chosenMetric,
      inputName: inputName,
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
        images(of: dataset, size: size),
        teacher: teacher,
        device: device
      )
    }
    return try evaluation(of: dataset, size: size, inputName: teacher.imageInput)
  }

  /// The images of a data set as networks of the task take them.
  package func images(
    of dataset: Dataset,
    size: PixelSize,
    cacheBytes: Int = 1 << 29
  ) -> EvaluationImages {
    EvaluationImages(
      dataset,
      size: size,
      normalization: data.normalization(for: task),
      interpolation: task.kind.interpolation,
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
  /// How pixels become numbers: as the recipe says, else as the task's networks want it.
  package func normalization(for task: TaskSettings) -> Datasets.Normalization {
    normalization ?? task.kind.normalization
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
