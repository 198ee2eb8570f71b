package import Evaluation
import Graphs
package import PluginHost
import PluginKit
package import Training

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

  /// The images that ranges are taken from.
  package var calibrationSettings: CalibrationSettings {
    CalibrationSettings(path: calibration, images: images, normalization: normalization)
  }

  /// Why a layer is left out by a pattern; nil where none fits.
  func skips(_ names: [String]) -> String? {
    for pattern in skip where !NamePattern(pattern).selected(from: names).isEmpty {
      return "skipped by '\(pattern)'"
    }
    return nil
  }
}

extension QuantizeSettings {
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
