import Evaluation
import Files
import PluginKit
import Pruning

extension CalibrationSettings {
  /// The keys of a prune step's `repair`.
  private enum Keys {
    static let images = Parameter<Int>(
      "images",
      default: PruneSettings.repairImages,
      in: 2...1_000_000,
      doc: "Images to repair with, at most, taken evenly from all."
    )
    static let calibration = Parameter<String>(
      "calibration",
      default: "",
      doc:
        "A folder of images, an .npy file of inputs or a folder of those; none takes the data's 'train' list."
    )
    static let normalization = Parameter<String>(
      "normalization",
      default: "",
      doc:
        "How bytes become the input: \(CalibrationNormalization.names.joined(separator: ", ")), or order:divisor:means:deviations."
    )
    static let specs: [ParameterSpec] = [images.spec, calibration.spec, normalization.spec]
  }

  /// Reads `repair: true`, `repair: false` or a section; nil for false.
  static func repair(_ node: YAMLNode, file: String) throws(RecipeError) -> CalibrationSettings? {
    if let text = node.text {
      guard let isWanted = ["true": true, "false": false][text] else {
        throw RecipeError(
          .wrongKind(key: "repair", found: node.kind, wanted: "true, false or a section"),
          file: file,
          mark: node.mark
        )
      }
      return isWanted ? CalibrationSettings(images: PruneSettings.repairImages) : nil
    }
    var section = try RecipeSection(node, name: "'repair'", key: "repair", file: file)
    var settings = CalibrationSettings(images: try section.value(Keys.images))
    let calibration = try section.value(Keys.calibration)
    settings.path = calibration.isEmpty ? nil : calibration
    let normalization = try section.value(Keys.normalization)
    settings.normalization = normalization.isEmpty ? nil : normalization
    try section.finish()
    return settings
  }

  /// What ``repair(_:file:)`` reads.
  static var repairSchema: JSONValue {
    [
      "anyOf": [
        ["type": "boolean"], RecipeSchema.object(RecipeSchema.members(Keys.specs), required: []),
      ]
    ]
  }
}
