/// Weights smoothed over the steps: s ← d·s + (1 - d)·w (Polyak, Juditsky 1992, with exponential weights).
package final class MovingAverage {
  /// The smoothed tensors, in the order of those that they follow.
  package let smoothed: [Tensor]
  private let tensors: [Tensor]
  private let decay: Double

  /// Starts at the tensors as they are.
  ///
  /// - Throws: ``TensorError`` from torch.
  package init(of tensors: [Tensor], decay: Double) throws(TensorError) {
    self.tensors = tensors
    self.decay = decay
    var copies: [Tensor] = []
    for tensor in tensors { copies.append(try tensor.detached().copied()) }
    smoothed = copies
  }

  /// Follows the tensors by one step; early steps count more, so that the start is soon forgotten.
  ///
  /// - Parameter step: the step just done, from 0.
  /// - Throws: ``TensorError`` from torch.
  package func update(step: Int) throws {
    let kept = min(decay, Double(1 + step) / Double(10 + step))
    try withoutGradients {
      try ATen.run("_foreach_lerp_", "Scalar", smoothed, tensors, 1 - kept)
    }
  }
}

@available(*, unavailable) extension MovingAverage: Sendable {}
