package import Graphs
import Models
import Operators
package import PluginKit

/// What the host offers a quantizer: a model's tensors, weights, and what calibration saw.
package final class QuantizationSubject: QuantizationContext {
  private let graph: Graph
  private let placement: QuantizationPlacement
  private let calibration: Calibration?
  private let report: (LogLevel, String) -> Void
  package let seed: UInt64
  package let tensors: [QuantizedTensor]

  /// A placement's tensors: activations first, then the layers' weights.
  package init(
    _ graph: Graph,
    placement: QuantizationPlacement,
    calibration: Calibration? = nil,
    seed: UInt64 = 0,
    log: @escaping (LogLevel, String) -> Void = { _, _ in }
  ) {
    self.graph = graph
    self.placement = placement
    self.calibration = calibration
    self.seed = seed
    report = log
    let producers = graph.producers()
    var tensors: [QuantizedTensor] = []
    for activation in placement.activations {
      tensors.append(
        QuantizedTensor(
          index: tensors.count,
          kind: .activation,
          name: activation.name,
          op: producers[activation.name].map { graph.nodes[$0].op } ?? "",
          rangeCount: 1,
          axis: nil,
          encoding: placement.target.activation
        )
      )
    }
    for layer in placement.layers {
      tensors.append(
        QuantizedTensor(
          index: tensors.count,
          kind: .weight,
          name: layer.name,
          op: layer.op,
          rangeCount: layer.isPerChannel ? layer.channels : 1,
          axis: layer.axis,
          encoding: .symmetricInt8
        )
      )
    }
    self.tensors = tensors
  }

  package func weight(of tensor: QuantizedTensor) throws(PluginError) -> WeightView {
    guard let layer = layer(tensor), let constant = graph.constants[layer.weight] else {
      throw PluginError(.invalidArgument, "tensor \(tensor.index) is no weight")
    }
    return try WeightView(lending: constant, named: layer.weight)
  }

  package func statistics(of tensor: QuantizedTensor) throws(PluginError) -> CalibrationStatistics {
    guard placement.activations.indices.contains(tensor.index) else {
      throw PluginError(.invalidArgument, "tensor \(tensor.index) is no activation")
    }
    guard let calibration else {
      throw PluginError(.unimplemented, "nothing has been calibrated while a plan is made")
    }
    return calibration.statistics(of: placement.activations[tensor.index])
  }

  package func log(_ level: LogLevel, _ message: String) { report(level, message) }

  /// The layer of a weight.
  package func layer(_ tensor: QuantizedTensor) -> QuantizationPlacement.Layer? {
    let index = tensor.index - placement.activations.count
    return placement.layers.indices.contains(index) ? placement.layers[index] : nil
  }
}
