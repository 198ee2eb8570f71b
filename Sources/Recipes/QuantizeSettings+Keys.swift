import Evaluation
import PluginKit
import Quantization

extension QuantizeSettings {
  /// The keys that recipes may have.
  enum Keys {
    static let target = Parameter<String>(
      "target",
      default: "onnxruntime",
      choices: QuantizationTarget.all.map(\.name),
      doc: "The runtime that the result is for: it decides where scales stand."
    )
    static let skip = Parameter<[String]>(
      "skip",
      default: [],
      doc:
        "Layers of which the name, or a weight's name, is one of these stay float; * stands for any characters."
    )
    static let images = Parameter<Int>(
      "images",
      default: 160,
      in: 1...1_000_000,
      doc: "Images to calibrate with, at most, taken evenly from all."
    )
    static let batches = Parameter<Int>(
      "batches",
      default: 0,
      in: 0...100_000,
      doc: "The same in the benchmark's batches of 16 images; 0 leaves it to 'images'."
    )
    static let activations = Parameter<ActivationType?>(
      "activations",
      default: nil,
      doc: "What activations are stored as; none takes what the target is fastest with."
    )
    static let perChannel = Parameter<Bool>(
      "per_channel",
      default: true,
      doc: "Whether weights have a scale an output channel."
    )

    /// Every declared key, for the JSON Schema.
    static let specs: [ParameterSpec] = [
      target.spec, skip.spec, images.spec, batches.spec, CalibrationSettings.Keys.calibration.spec,
      CalibrationSettings.Keys.normalization.spec,
      activations.spec, perChannel.spec,
    ]
  }
}
