package import Datasets
import PluginKit

/// Which labelled images a recipe speaks of, and what to do about what is wrong with them.
package struct DataSettings: Sendable, Hashable {
  /// How the labels are written.
  package enum Format: String, Sendable, Hashable, CaseIterable {
    case voc, coco, wider
  }

  /// Some of the images.
  package struct Split: Sendable, Hashable {
    /// For VOC a list's name in `ImageSets/Main` or its path; else the annotation file.
    package var list: String
    /// The images' folder, where the format does not say.
    package var images: String?
    /// Where the split stands in the recipe.
    package var mark: YAMLMark?
  }

  package var format: Format
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
  /// The metric's form; empty takes the format's own.
  package var metric: String
  /// Where the data stand in the recipe.
  package var mark: YAMLMark?
}

extension DataSettings {
  private static let format = Parameter<String>(
    "format",
    default: "voc",
    choices: Format.allCases.map(\.rawValue),
    doc: "How the labels are written."
  )
  private static let root = Parameter<String>(
    required: "root",
    doc: "The folder that the other paths start from."
  )
  private static let faults = Parameter<String>(
    "faults",
    default: "skip",
    choices: FaultPolicy.allCases.map(\.rawValue),
    doc: "Leave out what is broken and count it, or end at the first."
  )
  private static let classes = Parameter<[String]>(
    "classes",
    default: [],
    doc: "Class names in order; none takes those of the annotations."
  )
  private static let metric = Parameter<String>(
    "metric",
    default: "",
    choices: ["", "11point", "integral", "every_point", "coco", "wider"],
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
    let hasFormat = section.has("format")
    let format = try section.value(format)
    guard hasFormat else {
      throw RecipeError(.missingKey("format", of: "'data'"), file: file, mark: node.mark)
    }
    let faults = try section.value(faults)
    let settings = DataSettings(
      format: Format(rawValue: format) ?? .voc,
      root: try section.value(root),
      train: try section.split("train"),
      val: try section.split("val", alias: "evaluate"),
      test: try section.split("test"),
      faults: FaultPolicy(rawValue: faults) ?? .skip,
      classes: try section.value(classes),
      metric: try section.value(metric),
      mark: node.mark
    )
    try section.finish()
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
      return DataSettings.Split(list: text, images: nil, mark: node.mark)
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
    return DataSettings.Split(list: text, images: images, mark: node.mark)
  }
}
