package import Datasets

/// Which images a recipe speaks of, and what to do about what is wrong with them.
package struct DataSettings: Sendable, Hashable {
  /// Some of the images.
  package struct Split: Sendable, Hashable {
    /// The list's name as the format has names, or its file.
    package var list: String
    /// The images' folder, where the format does not say.
    package var images: String?

    /// A list, and the folder of its images where the format does not say.
    package init(list: String, images: String? = nil) {
      self.list = list
      self.images = images
    }
  }

  /// How the labels are written.
  package var format: DataFormat
  /// The folder; relative to the recipe's.
  package var root: String
  /// The images to train on.
  package var train: Split?
  /// The images to evaluate on.
  package var val: Split?
  /// The images for the last figures.
  package var test: Split?
  package var faults: FaultPolicy
  /// Class names in order; empty where the annotations say.
  package var classes: [String]
  /// The metric's form; nil takes the format's own.
  package var metric: DetectionMetric?
  /// How pixels become numbers; nil takes the task's own way.
  package var normalization: Datasets.Normalization?
  /// Whether a result is judged by WIDER FACE's multi-scale protocol; what is measured during a run is not.
  package var isMultiScale: Bool
  /// How images that have no lists fall to parts.
  package var splitting: SeededSplit
  /// Whether WIDER FACE's lists judge only the images that are there.
  package var isPresentOnly: Bool

  /// Data of a format in a folder; lists, classes and ways are those of the format where they are not given.
  package init(
    format: DataFormat,
    root: String,
    train: Split? = nil,
    val: Split? = nil,
    test: Split? = nil,
    faults: FaultPolicy = .skip,
    classes: [String] = [],
    metric: DetectionMetric? = nil,
    normalization: Datasets.Normalization? = nil,
    isMultiScale: Bool = false,
    splitting: SeededSplit = .standard,
    isPresentOnly: Bool = false
  ) {
    self.format = format
    self.root = root
    self.train = train
    self.val = val
    self.test = test
    self.faults = faults
    self.classes = classes
    self.metric = metric
    self.normalization = normalization
    self.isMultiScale = isMultiScale
    self.splitting = splitting
    self.isPresentOnly = isPresentOnly
  }
}
