/// Adam (Kingma, Ba 2015), and with `isDecoupled` AdamW (Loshchilov, Hutter 2019).
package final class Adam: Optimiser {
  package let groups: [ParameterGroup]
  private let betas: (Double, Double)
  private let epsilon: Double
  private let operation: String
  private let means: [[Tensor]]
  private let squares: [[Tensor]]
  /// The number of steps done, as the fused operator wants it.
  private let count: Tensor

  /// Starts with means of 0.
  ///
  /// - Throws: ``TensorError`` from torch.
  package init(
    _ groups: [ParameterGroup],
    betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8,
    isDecoupled: Bool = false
  ) throws(TensorError) {
    self.groups = groups
    self.betas = betas
    self.epsilon = epsilon
    operation = isDecoupled ? "_fused_adamw_" : "_fused_adam_"
    means = try groups.zeros()
    squares = try groups.zeros()
    count = try Tensor.full([], 0, device: groups.first?.tensors.first?.device ?? .cpu)
  }

  package var state: [OptimiserState] {
    [
      OptimiserState(name: "mean", tensors: means.flatMap(\.self)),
      OptimiserState(name: "squares", tensors: squares.flatMap(\.self)),
      OptimiserState(name: "count", tensors: [count]),
    ]
  }

  package func step(rate: Double) throws {
    try withoutGradients {
      try count.addInPlace(1.0)
      for (index, group) in groups.enumerated() {
        let part = try groups.take(index, [means, squares])
        guard !part.tensors.isEmpty else { continue }
        try ATen.run(
          operation,
          "",
          part.tensors,
          part.gradients,
          part.memories[0],
          part.memories[1],
          [Tensor](),
          [Tensor](repeating: count, count: part.tensors.count),
          rate * group.rate,
          betas.0,
          betas.1,
          group.weightDecay,
          epsilon,
          false,
          false
        )
      }
    }
  }
}

@available(*, unavailable) extension Adam: Sendable {}
