package import Graphs
import Operators
package import Tensors

/// How far values of a quantized network are from the float network's, both run over the same images.
package struct NoiseMeasurement: Sendable {
  /// By value of the float graph; values whose sizes depend on the data and differ are left out.
  package let values: [String: QuantizationNoise]
  package let images: Int

  /// Runs both networks over images; the values of one image at a time are kept.
  ///
  /// - Parameters:
  ///   - model: the float network.
  ///   - quantized: the same with quantized activations, its weights restored; values have the same names.
  ///   - names: values to compare, outputs of the graph among them.
  ///   - images: what they run over.
  ///   - limit: how many of them.
  ///   - device: where they run.
  /// - Throws: what the images or the networks refuse.
  package init(
    _ model: Model,
    quantized: Graph,
    values names: Set<String>,
    images: any CalibrationImages,
    limit: Int = 4,
    device: Device = .cpu
  ) throws {
    let given = Set(model.graph.inputs.map(\.name))
    let inside = names.subtracting(given)
    let simulated = model.operators.simulatingQuantization(quantized)
    let sessions = [model.graph, simulated].map {
      Session(
        $0,
        operators: model.operators.withRounding,
        device: device,
        mode: .fast,
        memory: 0,
        resumePoints: inside
      )
    }
    let state = State()
    let count = min(limit, images.count)
    for index in 0..<count {
      let inputs = try images.inputs(index)
      state.kept = [:]
      _ = try sessions[0].run(inputs, observing: inside) {
        state.kept[$0] = try $1.copied()
      }
      _ = try sessions[1].run(inputs, observing: inside) { try state.compare($0, $1) }
    }
    values = state.noise
    self.images = count
  }

  private final class State {
    var kept: [String: Tensor] = [:]
    var noise: [String: QuantizationNoise] = [:]
    /// Values whose sizes differed on an image.
    private var unlike: Set<String> = []

    func compare(_ name: String, _ tensor: Tensor) throws {
      guard let reference = kept[name], reference.dtype.isFloatingPoint else { return }
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
