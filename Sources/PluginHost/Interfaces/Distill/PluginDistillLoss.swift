package import PluginKit
package import Tensors

/// A loss of a loaded plugin as the Swift protocol: the trainer sees Swift on both sides.
package final class PluginDistillLoss: DistillLoss {
  package let provenance: Provenance
  /// What the strategy compares where a recipe names nothing.
  package let ownTaps: [DistillTap]
  private let implementation: any DistillImplementation

  init(
    _ implementation: any DistillImplementation,
    provenance: Provenance
  ) throws(PluginError) {
    self.implementation = implementation
    self.provenance = provenance
    ownTaps = try implementation.taps()
  }

  package var taps: [DistillTap] { get throws(PluginError) { ownTaps } }

  package func loss(
    of pairs: [DistillPair],
    in context: any DistillContext
  ) throws -> Tensor {
    try implementation.loss(of: pairs, in: context)
  }

  /// Throws what the backward passes of a step handed over that is not finite, or what they failed by.
  ///
  /// It reads from the device once, where something lies there.
  package func settle() throws { try implementation.gate.settle() }

  /// What a backward pass failed by since the last question.
  package func takeFailure() -> PluginError? { implementation.gate.takeFailure() }
}

/// How a loss is called: by its table, or as plain C functions.
protocol DistillImplementation: Sendable {
  var gate: NumericGate { get }
  func taps() throws(PluginError) -> [DistillTap]
  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor
}

extension DistillInstance: DistillImplementation {}

extension PluginRegistry {
  /// Makes a loss of distillation by its strategy's id.
  package func distillLoss(
    named id: String,
    settings: [String: ParameterValue] = [:]
  ) throws(PluginHostError) -> PluginDistillLoss {
    let (offer, provenance) = try resolve(id, settings, as: .distill)
    do throws(PluginError) {
      switch offer {
      case .functions(let functions):
        guard let loss = FunctionDistillLoss(functions, settings: provenance.settings) else {
          throw PluginError(.internalError, "\"\(id)\" has no function \"forward\"")
        }
        return try PluginDistillLoss(loss, provenance: provenance)
      case .table(let strategy):
        guard let vtable = strategy.vtable as? DistillVtable else {
          throw PluginError(.internalError, "\"\(id)\" has no vtable of esp.distill/1")
        }
        return try PluginDistillLoss(
          try DistillInstance(strategy, vtable, settings: provenance.settings),
          provenance: provenance
        )
      }
    } catch {
      throw .plugin(error)
    }
  }
}
