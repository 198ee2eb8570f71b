import Datasets
import Evaluation
import PluginKit

extension DataSettings {
  static func read(_ node: YAMLNode, file: String) throws(RecipeError) -> DataSettings {
    var section = try RecipeSection(node, name: "'data'", key: "data", file: file)
    guard let format = try section.value(Keys.format) else { throw section.missing("format") }
    var settings = DataSettings(
      format: format,
      root: try section.value(Keys.root),
      train: try section.split("train"),
      val: try section.split("val", alias: "evaluate"),
      test: try section.split("test"),
      faults: try section.value(Keys.faults),
      classes: try section.value(Keys.classes),
      metric: try section.value(Keys.metric),
      normalization: try section.normalization(),
      isMultiScale: try section.value(Keys.multiscale),
      splitting: try section.splitting(),
      isPresentOnly: try section.value(Keys.presentOnly)
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
  /// How images without lists fall to parts: a mapping of `ratios` and `seed`.
  fileprivate mutating func splitting() throws(RecipeError) -> SeededSplit {
    guard let node = take("split") else { return .standard }
    guard node.entries != nil else { throw wrong("split", node, wanted: "{ratios: …, seed: …}") }
    var section = try RecipeSection(node, name: "'split'", key: "split", file: file)
    let ratios = try section.value(DataSettings.Keys.ratios)
    let seed = try section.value(DataSettings.Keys.splitSeed)
    try section.finish()
    guard SeededSplit.allows(ratios) else {
      throw wrong("split", node, wanted: "two or three ratios, such as [0.8, 0.1, 0.1]")
    }
    return SeededSplit(ratios: ratios, seed: seed)
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
    let mean = try section.value(DataSettings.Keys.mean)
    let deviation = try section.value(DataSettings.Keys.deviation)
    let result = Normalization(
      divisor: try section.value(DataSettings.Keys.divisor),
      mean: mean,
      deviation: deviation,
      order: try section.value(DataSettings.Keys.order)
    )
    try section.finish()
    guard mean.count == 3, deviation.count == 3 else {
      throw wrong("normalize", node, wanted: "three means and three deviations")
    }
    return result
  }
}
