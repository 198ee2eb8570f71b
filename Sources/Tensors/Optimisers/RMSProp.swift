/// RMSProp (Tieleman, Hinton 2012) as PaddlePaddle has it, with ε under the root.
///
/// r ← ρ·r + (1 - ρ)·g², v ← m·v + rate·g / √(r + ε), w ← w - v.
package final class RMSProp: Optimiser {
  package let groups: [ParameterGroup]
  private let rho: Double
  private let epsilon: Double
  private let momentum: Double
  private let squares: [[Tensor]]
  private let velocity: [[Tensor]]

  /// Starts with means of 0.
  ///
  /// - Throws: ``TensorError`` from torch.
  package init(
    _ groups: [ParameterGroup],
    rho: Double = 0.95,
    epsilon: Double = 1e-6,
    momentum: Double = 0
  ) throws(TensorError) {
    self.groups = groups
    self.rho = rho
    self.epsilon = epsilon
    self.momentum = momentum
    squares = try groups.zeros()
    velocity = momentum > 0 ? try groups.zeros() : []
  }

  package var state: [OptimiserState] {
    [OptimiserState(name: "squares", tensors: squares.flatMap(\.self))]
      + (momentum > 0
        ? [OptimiserState(name: "momentum", tensors: velocity.flatMap(\.self))] : [])
  }

  package func step(rate: Double) throws {
    try withoutGradients {
      for (index, group) in groups.enumerated() {
        let part = try groups.take(index, momentum > 0 ? [squares, velocity] : [squares])
        guard !part.tensors.isEmpty else { continue }
        let (tensors, gradients) = (part.tensors, part.gradients)
        if group.weightDecay > 0 {
          try ATen.run("_foreach_add_", "List", gradients, tensors, group.weightDecay)
        }
        let means = part.memories[0]
        try ATen.run("_foreach_mul_", "Scalar", means, rho)
        try ATen.run("_foreach_addcmul_", "Scalar", means, gradients, gradients, 1 - rho)
        let roots = try ATen.many("_foreach_add", "Scalar", means, epsilon)
        try ATen.run("_foreach_sqrt_", "", roots)
        let step = rate * group.rate
        guard momentum > 0 else {
          try ATen.run("_foreach_addcdiv_", "Scalar", tensors, gradients, roots, -step)
          continue
        }
        let velocity = part.memories[1]
        try ATen.run("_foreach_mul_", "Scalar", velocity, momentum)
        try ATen.run("_foreach_addcdiv_", "Scalar", velocity, gradients, roots, step)
        try ATen.run("_foreach_add_", "List", tensors, velocity, -1.0)
      }
    }
  }
}

@available(*, unavailable) extension RMSProp: Sendable {}
