import Graphs
import PluginKit

/// From a strategy's ranges to scales that a graph can take.
struct ScaleComputation {
  let graph: Graph
  let placement: QuantizationPlacement

  /// The scales of everything placed.
  ///
  /// - Throws: ``PluginError``.
  func scales(
    by quantizer: any Quantizer,
    _ subject: QuantizationSubject
  ) throws(PluginError) -> QuantizedScales {
    var scales = QuantizedScales()
    for tensor in subject.tensors {
      let ranges = try quantizer.ranges(of: tensor, in: subject)
      guard ranges.count == tensor.rangeCount else {
        throw PluginError(
          .invalidArgument,
          "\(ranges.count) ranges for '\(tensor.name)', which takes \(tensor.rangeCount)"
        )
      }
      let parameters = ranges.map { tensor.encoding.parameters(covering: $0) }
      if tensor.kind == .activation {
        scales.activations[tensor.name] = parameters[0]
      } else {
        scales.weights[tensor.name] = parameters.map(\.scale)
      }
    }
    for layer in placement.layers { widen(&scales, for: layer) }
    return scales
  }

  /// Gives channels whose weights are tiny a scale at which their bias still has a whole number of 32 bits.
  func widen(_ scales: inout QuantizedScales, for layer: QuantizationPlacement.Layer) {
    guard placement.target.hasWholeBias, let bias = graph.bias(of: layer),
      var found = scales.weights[layer.name],
      let activation = placement.activation(of: layer.input),
      let input = scales.activations[activation.name]
    else { return }
    for (index, value) in bias.enumerated() {
      let place = found.count == 1 ? 0 : index
      // A quarter of what 32 bits hold, so that the products' sum fits beside it.
      // The bias has steps of the product of both scales, which must be a number other than zero.
      let least = max(abs(value) / (input.scale * 0x1p29), .leastNormalMagnitude / input.scale)
      if found[place] < least { found[place] = least }
    }
    scales.weights[layer.name] = found
  }
}
