package import PluginKit
package import Tensors

/// A loss of a loaded plugin as the Swift protocol: the trainer sees Swift on both sides.
package final class PluginDistillLoss: DistillLoss {
  package let provenance: Provenance
  /// What the strategy compares where a recipe names nothing.
  package let ownTaps: [DistillTap]
  private let implementation: any DistillImplementation
  /// Whether it takes tensors in main memory only, wherever the run computes.
  private let takesCopies: Bool

  init(
    _ implementation: any DistillImplementation,
    provenance: Provenance,
    takesCopies: Bool = false
  ) throws(PluginError) {
    self.implementation = implementation
    self.takesCopies = takesCopies
    self.provenance = provenance
    ownTaps = try implementation.taps()
  }

  package var taps: [DistillTap] { get throws(PluginError) { ownTaps } }

  package func loss(
    of pairs: [DistillPair],
    in context: any DistillContext
  ) throws -> Tensor {
    guard takesCopies, let device = pairs.first?.student.device, device.kind != .cpu else {
      return try implementation.loss(of: pairs, in: context)
    }
    // Copies are recorded, so that the gradient finds its way back.
    let copies = try pairs.map { pair in
      DistillPair(
        student: try pair.student.moved(to: .cpu),
        teacher: try pair.teacher.moved(to: .cpu),
        studentName: pair.studentName,
        teacherName: pair.teacherName,
        stride: pair.stride
      )
    }
    return try implementation.loss(of: copies, in: context).moved(to: device)
  }
}

/// How a loss is called: by its table, or as plain C functions.
protocol DistillImplementation: Sendable {
  func taps() throws(PluginError) -> [DistillTap]
  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor
}

extension DistillInstance: DistillImplementation {}

extension PluginRegistry {
  /// Makes a loss of distillation by its strategy's id.
  ///
  /// - Parameters:
  ///   - id: the strategy.
  ///   - settings: its parameters.
  ///   - kind: what the run computes on; a loss that lacks it gets copies in main memory.
  /// - Returns: the loss.
  /// - Throws: ``PluginHostError``; ``PluginHostError/otherDevice(_:has:interface:)`` for one that lacks the CPU too.
  package func distillLoss(
    named id: String,
    settings: [String: ParameterValue] = [:],
    on kind: Device.Kind = .cpu
  ) throws(PluginHostError) -> PluginDistillLoss {
    let (offer, provenance) = try resolve(id, settings, as: .distill)
    if case .table(let strategy) = offer {
      let devices = strategy.description.devices
      guard devices.contains(.cpu) || kind == .cuda && devices.contains(.cuda) else {
        throw .otherDevice(id, has: devices, interface: .distill)
      }
    }
    do throws(PluginError) {
      switch offer {
      case .isolated(let strategy):
        let loss = IsolatedDistillLoss(strategy, settings: provenance.settings)
        return try PluginDistillLoss(loss, provenance: provenance)
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
          provenance: provenance,
          takesCopies: !strategy.description.devices.contains(kind == .cpu ? .cpu : .cuda)
        )
      }
    } catch {
      throw .plugin(error)
    }
  }
}
