import PluginKit

/// Tensors of a network as a quantizer sees them, with statistics of drawn images.
final class DrawnQuantizing: QuantizationContext {
  let tensors: [QuantizedTensor]
  private let weights: [Int: WeightView]
  private let seen: [Int: CalibrationStatistics]
  let inputs: Inputs
  /// Whether calibration has passed.
  var isCalibrated = false

  var seed: UInt64 { inputs.seed }
  var shouldStop: Bool { inputs.stops }

  init(_ inputs: Inputs, _ draw: inout Draw) {
    self.inputs = inputs
    var tensors: [QuantizedTensor] = []
    var weights: [Int: WeightView] = [:]
    var seen: [Int: CalibrationStatistics] = [:]
    let encodings = [QuantizationEncoding.symmetricInt8, .affineUInt8]
    for place in 0..<4 {
      var statistics = CalibrationStatistics()
      // What is no number never gets into statistics.
      let kind = inputs.kind == .poisoned ? ValueKind.normal : inputs.kind
      for _ in 0..<3 {
        statistics.add(image: kind.values(draw.pick([1, 37, 512]), &draw).span)
      }
      seen[tensors.count] = statistics
      tensors.append(
        QuantizedTensor(
          index: tensors.count,
          kind: .activation,
          name: "value\(place)",
          op: place == 0 ? "" : draw.pick(["Conv", "Relu", "Add"]),
          rangeCount: 1,
          axis: nil,
          encoding: encodings[place % 2]
        )
      )
    }
    for place in 0..<3 {
      let channels = draw.pick([1, 5, 16])
      let shape = [channels, draw.pick([1, 3, 8]), 3, 3]
      weights[tensors.count] = WeightView(
        inputs.kind.values(shape.reduce(1, *), &draw),
        shape: shape
      )
      tensors.append(
        QuantizedTensor(
          index: tensors.count,
          kind: .weight,
          name: "layer\(place)",
          op: "Conv",
          rangeCount: place == 1 ? 1 : channels,
          axis: 0,
          encoding: .symmetricInt8
        )
      )
    }
    self.tensors = tensors
    self.weights = weights
    self.seen = seen
  }

  func weight(of tensor: QuantizedTensor) throws(PluginError) -> WeightView {
    guard let weight = weights[tensor.index] else {
      throw PluginError(.invalidArgument, "'\(tensor.name)' is no weight")
    }
    return weight
  }

  func statistics(of tensor: QuantizedTensor) throws(PluginError) -> CalibrationStatistics {
    guard isCalibrated else { throw PluginError(.unimplemented, "nothing is calibrated yet") }
    guard let statistics = seen[tensor.index] else {
      throw PluginError(.invalidArgument, "'\(tensor.name)' is no activation")
    }
    return statistics
  }
}

@available(*, unavailable) extension DrawnQuantizing: Sendable {}
