internal import Graphs
package import PluginHost
package import PluginKit

/// How to quantize a model: a strategy, its parameters, the target, and the images to calibrate with.
package struct QuantizeSettings: Sendable, Hashable {
  package var strategy: String
  package var parameters: [StrategyParameter] = []
  /// The runtime that the result is for.
  package var target = QuantizationTarget.onnxRuntime
  /// Patterns of whole names: layers of which the name, or a weight's name, fits one stay float.
  package var skip: [String] = []
  /// Images to calibrate with, at most.
  package var images = 160
  /// A folder of images, an .npy file or a folder of those; nil takes the recipe's training images.
  package var calibration: String?
  /// How bytes become the network's input; nil takes the task's.
  package var normalization: String?
  /// How the network trains with rounded values, where the strategy asks for it.
  package var train: TrainSettings?

  /// What activations are stored as, where the target's own is not wanted.
  package enum ActivationType: String, ParameterChoice {
    case uint8, int8
    /// Whole numbers around zero.
    case symmetric
  }

  package init(strategy: String) { self.strategy = strategy }

  /// Why a layer is left out by a pattern; nil where none fits.
  func skips(_ names: [String]) -> String? {
    for pattern in skip where !NamePattern(pattern).selected(from: names).isEmpty {
      return "skipped by '\(pattern)'"
    }
    return nil
  }
}

extension QuantizeSettings {
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
  package static let specs: [ParameterSpec] = [
    target.spec, skip.spec, images.spec, batches.spec, calibration.spec, normalization.spec,
    activations.spec, perChannel.spec,
  ]

  /// Takes another encoding of activations than the target's own.
  package mutating func setActivations(_ type: ActivationType) {
    target.activation =
      switch type {
      case .uint8: .affineUInt8
      case .int8: .affineInt8
      case .symmetric: .symmetricInt8
      }
  }
}
