/// Stochastic gradient descent with momentum: v ← m·v + g + d·w, w ← w - r·v (Sutskever and others, 2013).
package final class SGD: Optimiser {
  package let groups: [ParameterGroup]
  private let momentum: Double
  private let isNesterov: Bool
  private let velocity: [[Tensor]]

  /// Starts at rest.
  ///
  /// - Throws: ``TensorError`` from torch.
  package init(
    _ groups: [ParameterGroup],
    momentum: Double = 0,
    isNesterov: Bool = false
  ) throws(TensorError) {
    self.groups = groups
    self.momentum = momentum
    self.isNesterov = isNesterov
    velocity = momentum > 0 ? try groups.zeros() : []
  }

  package var state: [OptimiserState] {
    momentum > 0 ? [OptimiserState(name: "momentum", tensors: velocity.flatMap(\.self))] : []
  }

  package func step(rate: Double) throws {
    try withoutGradients {
      for (index, group) in groups.enumerated() {
        let part = try groups.take(index, momentum > 0 ? [velocity] : [])
        guard !part.tensors.isEmpty else { continue }
        try ATen.run(
          "_fused_sgd_",
          "",
          part.tensors,
          part.gradients,
          part.memories.first ?? [],
          group.weightDecay,
          momentum,
          rate * group.rate,
          0.0,
          isNesterov,
          false,
          false
        )
      }
    }
  }
}

@available(*, unavailable) extension SGD: Sendable {}
