import Evaluation
import PluginKit

extension CalibrationSettings {
  /// The keys of every section that names images without labels.
  enum Keys {
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
  }

  /// Takes the keys of a section, but for the number of images.
  static func taken(
    from section: inout RecipeSection,
    images: Int
  ) throws(RecipeError) -> CalibrationSettings {
    let path = try section.value(Keys.calibration)
    let normalization = try section.value(Keys.normalization)
    return CalibrationSettings(
      path: path.isEmpty ? nil : path,
      images: images,
      normalization: normalization.isEmpty ? nil : normalization
    )
  }
}
