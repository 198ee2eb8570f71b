package import PluginKit

/// A quantizer of a loaded plugin as the Swift protocol.
package final class PluginQuantizer: Quantizer {
  package let provenance: Provenance
  private let instance: any QuantizerImplementation

  init(_ instance: any QuantizerImplementation, provenance: Provenance) {
    self.instance = instance
    self.provenance = provenance
  }

  package func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan {
    try instance.plan(for: model)
  }

  package func ranges(
    of tensor: QuantizedTensor,
    in model: any QuantizationContext
  ) throws(PluginError) -> [QuantizationRange] {
    try instance.ranges(of: tensor, in: model)
  }
}

/// How a quantizer is called: in this process, or in one of its own.
protocol QuantizerImplementation: Sendable {
  func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan
  func ranges(
    of tensor: QuantizedTensor,
    in model: any QuantizationContext
  ) throws(PluginError) -> [QuantizationRange]
}

extension QuantizerInstance: QuantizerImplementation {}

extension PluginRegistry {
  /// Makes a quantizer by its strategy's id.
  package func quantizer(
    named id: String,
    settings: [String: ParameterValue] = [:]
  ) throws(PluginHostError) -> PluginQuantizer {
    let (offer, provenance) = try resolve(id, settings, as: .quantizer)
    if case .isolated(let strategy) = offer {
      let quantizer = IsolatedQuantizer(strategy, settings: provenance.settings)
      return PluginQuantizer(quantizer, provenance: provenance)
    }
    guard case .table(let strategy) = offer, let vtable = strategy.vtable as? QuantizerVtable else {
      throw unknown(id, as: .quantizer)
    }
    do throws(PluginError) {
      return PluginQuantizer(
        try QuantizerInstance(strategy, vtable, settings: provenance.settings),
        provenance: provenance
      )
    } catch {
      throw .plugin(error)
    }
  }
}
