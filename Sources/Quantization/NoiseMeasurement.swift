package import Graphs
import Models
import Operators
import Tensors

/// How far values of a quantized network are from the float network's, both run over the same images.
package struct NoiseMeasurement: Sendable {
  /// By value of the float graph; values whose sizes depend on the data and differ are left out.
  package let values: [String: QuantizationNoise]
  package let images: Int

  /// Runs the quantized network over images.
  ///
  /// - Parameters:
  ///   - float: what the float network makes of them.
  ///   - quantized: the same with quantized activations, its weights restored; values have the same names.
  ///   - names: which of the float network's values to compare, outputs of the graph among them.
  ///   - limit: how many images.
  /// - Throws: what the images or the networks refuse.
  package init(
    _ float: FloatValues,
    quantized: Graph,
    values names: Set<String>,
    limit: Int = 4
  ) throws {
    let inside = names.intersection(float.names)
    let session = Session(
      comparing: inside,
      of: float.model.operators.simulatingQuantization(quantized),
      float.model,
      device: float.device
    )
    var comparison = Comparison()
    let count = min(limit, float.count)
    for index in 0..<count {
      let image = try float.image(index)
      _ = try session.run(image.inputs, observing: inside) {
        try comparison.add($0, $1, exact: image.values[$0])
      }
    }
    values = comparison.noise
    images = count
  }

  private struct Comparison {
    var noise: [String: QuantizationNoise] = [:]
    /// Values whose sizes differed on an image.
    private var unlike: Set<String> = []

    mutating func add(_ name: String, _ tensor: Tensor, exact reference: Tensor?) throws {
      guard let reference else { return }
      // How many boxes are chosen may differ between the networks: there is no box for box then.
      guard reference.shape == tensor.shape, !unlike.contains(name) else {
        unlike.insert(name)
        noise[name] = nil
        return
      }
      let lost = try QuantizationNoise(of: tensor, exact: reference)
      noise[name, default: QuantizationNoise()].signal += lost.signal
      noise[name, default: QuantizationNoise()].noise += lost.noise
    }
  }
}
