package import Datasets
import PluginKit

/// Which images a recipe speaks of, and what to do about what is wrong with them.
package struct DataSettings: Sendable, Hashable {
  /// Some of the images.
  package struct Split: Sendable, Hashable {
    /// The list's name as the format has names, or its file.
    package var list: String
    /// The images' folder, where the format does not say.
    package var images: String?
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
}

extension DataSettings {
  private static let format = Parameter<DataFormat?>(
    "format",
    default: nil,
    doc: "How the labels are written."
  )
  private static let root = Parameter<String>(
    required: "root",
    doc: "The folder that the other paths start from."
  )
  private static let faults = Parameter<FaultPolicy>(
    "faults",
    default: .skip,
    doc: "Leave out what is broken and count it, or end at the first."
  )
  private static let classes = Parameter<[String]>(
    "classes",
    default: [],
    doc: "Class names in order; none takes those of the annotations."
  )
  private static let metric = Parameter<DetectionMetric?>(
    "metric",
    default: nil,
    doc: "The metric's form; none takes the format's own."
  )

  /// Every declared key but the splits, for the JSON Schema.
  static let specs = [format.spec, root.spec, faults.spec, classes.spec, metric.spec]
  /// The splits, by key and what they are for.
  static let splits = [
    ("train", "The images to train on."), ("val", "The images to evaluate on."),
    ("test", "The images for the last figures."),
  ]

  static func read(_ node: YAMLNode, file: String) throws(RecipeError) -> DataSettings {
    var section = try RecipeSection(node, name: "'data'", key: "data", file: file)
    guard let format = try section.value(format) else { throw section.missing("format") }
    var settings = DataSettings(
      format: format,
      root: try section.value(root),
      train: try section.split("train"),
      val: try section.split("val", alias: "evaluate"),
      test: try section.split("test"),
      faults: try section.value(faults),
      classes: try section.value(classes),
      metric: try section.value(metric),
      normalization: try section.normalization()
    )
    try section.finish()
    if settings.train == nil {
      settings.train = settings.format.wholeList.map { Split(list: $0, images: nil) }
    }
    return settings
  }
}

extension RecipeSection {
  /// A list of images: its name, or a mapping of `list` and `images`.
  fileprivate mutating func split(
    _ key: String,
    alias: String? = nil
  ) throws(RecipeError) -> DataSettings.Split? {
    guard let node = take(key) ?? alias.flatMap({ take($0, isAlias: true) }) else { return nil }
    if let text = node.text, !text.isEmpty {
      return DataSettings.Split(list: text, images: nil)
    }
    guard node.entries != nil else {
      throw wrong(key, node, wanted: "a list's name, or {list: …, images: …}")
    }
    var section = try RecipeSection(node, name: "'\(key)'", key: key, file: file)
    let list = try section.require("list")
    guard let text = list.text, !text.isEmpty else {
      throw section.wrong("list", list, wanted: "a list's name or file")
    }
    let images = try section.text("images")
    try section.finish()
    return DataSettings.Split(list: text, images: images)
  }
}

extension RecipeSection {
  /// How pixels become numbers: a preset's name, or a mapping.
  fileprivate mutating func normalization() throws(RecipeError) -> Normalization? {
    guard let node = take("normalize") else { return nil }
    let names = Normalization.presets.map(\.name)
    guard node.entries != nil else {
      guard let preset = Normalization.presets.first(where: { $0.name == node.text }) else {
        throw wrong(
          "normalize",
          node,
          wanted: "one of \(names.joined(separator: ", ")), or {divisor, mean, deviation, order}"
        )
      }
      return preset.value
    }
    var section = try RecipeSection(node, name: "'normalize'", key: "normalize", file: file)
    let mean = try section.value(DataSettings.mean)
    let deviation = try section.value(DataSettings.deviation)
    let result = Normalization(
      divisor: try section.value(DataSettings.divisor),
      mean: mean,
      deviation: deviation,
      order: try section.value(DataSettings.order)
    )
    try section.finish()
    guard mean.count == 3, deviation.count == 3 else {
      throw wrong("normalize", node, wanted: "three means and three deviations")
    }
    return result
  }
}

extension DataSettings {
  static let divisor = Parameter<Double>(
    "divisor",
    default: 1,
    in: 0.000001...1_000_000,
    doc: "What bytes are divided by first, such as 255."
  )
  static let mean = Parameter<[Double]>(
    "mean",
    default: [0, 0, 0],
    elementsIn: -1_000_000...1_000_000,
    doc: "What is taken off red, green and blue then."
  )
  static let deviation = Parameter<[Double]>(
    "deviation",
    default: [1, 1, 1],
    elementsIn: 0.000001...1_000_000,
    doc: "What they are divided by last."
  )
  static let order = Parameter<Normalization.Order>(
    "order",
    default: .rgb,
    doc: "The order of the channels."
  )
  /// The keys of `normalize` where it is a mapping.
  static let normalizationSpecs = [divisor.spec, mean.spec, deviation.spec, order.spec]
}

extension FaultPolicy: ParameterChoice {}

extension DataFormat: ParameterChoice {}

extension DetectionMetric: ParameterChoice {}

extension Normalization.Order: ParameterChoice {}
