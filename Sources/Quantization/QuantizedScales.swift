package import Graphs
package import PluginKit

/// The scales of everything that a placement quantizes, and what was tuned beside them.
package struct QuantizedScales: Sendable {
  /// Of activations, by the name of what shares them.
  package var activations: [String: QuantizationParameters] = [:]
  /// Of weights, by the layer's name: one a channel, or one for all.
  package var weights: [String: [Float]] = [:]
  /// Weights as whole numbers, by the layer's name, where they are not rounded to the nearest.
  package var numbers: [String: Constant] = [:]
  /// Biases that take the place of the layer's own, by the layer's name.
  package var biases: [String: [Float]] = [:]

  package init() {}
}
