import PluginHost
import PluginKit
import Tensors

/// A loss of distillation, with its gradient.
struct DistillExercise: Exercise {
  let loss: any DistillLoss

  func material(_ inputs: Inputs, _ draw: inout Draw) throws -> DrawnDistilling {
    try DrawnDistilling(inputs, &draw)
  }

  func run(
    _ context: DrawnDistilling,
    checking: Bool,
    _ draw: inout Draw
  ) throws -> [UInt64] {
    let inputs = context.inputs
    let pairs = context.pairs()
    let loss = try self.loss.loss(of: pairs, in: context)
    let value = try loss.detached().doubles()[0]
    let isUsual = inputs.kind != .poisoned && inputs.kind != .huge
    if isUsual, !value.isFinite {
      throw Finding.fail("the loss of \(inputs.kind) maps is \(value)")
    }
    let gradients = try self.loss.derivatives(of: loss, by: context.student)
    var bits = [value.bits]
    for (place, gradient) in gradients.enumerated() {
      guard let gradient else { continue }
      let values = try gradient.floats()
      if isUsual, let index = values.firstIndex(where: { !$0.isFinite }) {
        throw Finding.fail(
          "element \(index) of the gradient by map \(place) of \(inputs.kind) maps is \(values[index])"
        )
      }
      bits += values.map { UInt64($0.bitPattern) }
    }
    return bits
  }

  /// The loss of a batch as a number, and its derivatives by the student's maps.
  func value(
    _ context: DrawnDistilling,
    _ student: [Tensor]
  ) throws -> Double {
    try loss.loss(of: context.pairs(student: student), in: context).detached().doubles()[0]
  }
}

extension DistillLoss {
  /// The derivatives of a value that the loss made; what its gradient failed by comes back as its own error, not as torch's text.
  func derivatives(of value: Tensor, by tensors: [Tensor]) throws -> [Tensor?] {
    do {
      return try Tensor.gradients(of: [value], withRespectTo: tensors, allowingUnused: true)
    } catch { throw (self as? PluginDistillLoss)?.takeFailure() ?? error }
  }
}
