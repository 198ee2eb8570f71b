import Evaluation
import Files
import PluginKit
import Pruning

extension CalibrationSettings {
  /// How many images a prune step's `repair` takes.
  private static let repairImages = Parameter<Int>(
    "images",
    default: PruneSettings.repairImages,
    in: 2...1_000_000,
    doc: "Images to repair with, at most, taken evenly from all."
  )

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
    let images = try section.value(repairImages)
    let settings = try taken(from: &section, images: images)
    try section.finish()
    return settings
  }

  /// What ``repair(_:file:)`` reads.
  static var repairSchema: JSONValue {
    [
      "anyOf": [
        ["type": "boolean"],
        RecipeSchema.object(
          RecipeSchema.members([repairImages.spec, Keys.calibration.spec, Keys.normalization.spec]),
          required: []
        ),
      ]
    ]
  }
}
