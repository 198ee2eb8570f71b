package import PluginKit

/// The scales of everything that a placement quantizes.
package struct QuantizedScales: Sendable {
  /// Of activations, by the name of what shares them.
  package var activations: [String: QuantizationParameters] = [:]
  /// Of weights, by the layer's name: one a channel, or one for all.
  package var weights: [String: [Float]] = [:]

  package init() {}
}
