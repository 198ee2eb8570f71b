package import PluginKit

/// A quantizer of a loaded plugin as the Swift protocol.
package final class PluginQuantizer: Quantizer {
  package let provenance: Provenance
  private let instance: QuantizerInstance

  init(_ instance: QuantizerInstance, provenance: Provenance) {
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

extension PluginRegistry {
  /// Makes a quantizer by its strategy's id.
  package func quantizer(
    named id: String,
    settings: [String: ParameterValue] = [:]
  ) throws(PluginHostError) -> PluginQuantizer {
    let (offer, provenance) = try resolve(id, settings, as: .quantizer)
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
