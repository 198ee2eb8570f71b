import Graphs
import Models
import PluginKit

/// What quantization costs each layer by itself, and the network as a whole.
struct QuantizationComparison {
  let layers: [LayerNoise]
  let outputs: [(name: String, noise: QuantizationNoise)]
  let images: Int

  init(
    _ float: FloatValues,
    placement: QuantizationPlacement,
    scales: QuantizedScales,
    weightPower: [String: (signal: Double, noise: Double)],
    calibration: Calibration
  ) throws {
    let returned = float.model.graph.outputs.map(\.name)
    let simulated = QuantizedGraph(
      float.model.graph,
      placement: placement,
      scales: scales,
      weights: .restored
    )
    let measurement = try NoiseMeasurement(
      float,
      quantized: simulated.graph,
      values: Self.values(of: placement, in: float.model.graph)
    )
    let encoding = placement.target.activation
    var inputs: [String: (QuantizationNoise, QuantizationRange)] = [:]
    for activation in placement.activations {
      guard let parameters = scales.activations[activation.name] else { continue }
      let noise = QuantizationNoise(
        of: calibration.statistics(of: activation),
        stored: parameters,
        as: encoding
      )
      let range = QuantizationRange(
        low: Double(parameters.value(encoding.levels.lowerBound)),
        high: Double(parameters.value(encoding.levels.upperBound))
      )
      for value in activation.values { inputs[value] = (noise, range) }
    }
    var layers: [LayerNoise] = []
    for layer in placement.layers {
      guard let (noise, range) = inputs[layer.input], let power = weightPower[layer.name] else {
        continue
      }
      layers.append(
        LayerNoise(
          name: layer.name,
          op: layer.op,
          weight: QuantizationNoise(signal: power.signal, noise: power.noise),
          input: noise,
          inputName: layer.input,
          range: range,
          result: measurement.values[layer.output]
        )
      )
    }
    self.layers = layers.sorted { $0.own.decibels < $1.own.decibels }
    outputs = returned.compactMap { name in
      measurement.values[name].map { (name: name, noise: $0) }
    }
    self.images = measurement.images
  }

  /// The values that are compared: layers' results, and what the network returns.
  static func values(of placement: QuantizationPlacement, in graph: Graph) -> Set<String> {
    Set(placement.layers.map(\.output) + graph.outputs.map(\.name))
  }
}
