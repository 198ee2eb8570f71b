/// Keeps steps short where gradients explode.
package enum GradientClipping {
  /// Scales all gradients together so that their norm is at most `limit` (Pascanu and others, 2013).
  ///
  /// - Parameters:
  ///   - tensors: parameters; those without gradient count as 0.
  ///   - limit: the greatest norm.
  /// - Returns: the norm before.
  /// - Throws: ``TensorError`` from torch.
  @discardableResult
  package static func clip(_ tensors: [Tensor], to limit: Double) throws -> Double {
    try withoutGradients {
      var gradients: [Tensor] = []
      for tensor in tensors {
        if let gradient = try tensor.gradient { gradients.append(gradient) }
      }
      guard !gradients.isEmpty else { return 0 }
      let norms = try ATen.many("_foreach_norm", "Scalar", gradients, 2.0)
      let norm = try Tensor.stacked(norms).length()
      let total = try norm.doubles().first ?? 0
      if total > limit {
        try ATen.run("_foreach_mul_", "Scalar", gradients, limit / (total + 1e-6))
      }
      return total
    }
  }
}
