import Tensors

/// The named sums of a loss in the making.
struct LossTerms {
  private var sums: [String: Tensor] = [:]

  /// Adds to a term.
  mutating func add(_ name: String, _ value: Tensor, times scale: Float) throws {
    let scaled = scale == 1 ? value : try value * scale
    sums[name] = try sums[name].map { try $0 + scaled } ?? scaled
  }

  /// The terms, each multiplied by `scale`, and their sum; a term that nothing was added to is 0.
  ///
  /// - Throws: ``DetectionError`` if nothing was added to any.
  func loss<Names: Sequence<String>>(
    task: String,
    scale: Double,
    names: Names
  ) throws -> TaskLoss {
    var total: Tensor?
    var terms: [(name: String, value: Tensor)] = []
    for name in names {
      guard let sum = sums[name] else {
        terms.append((name, try Tensor.full([], 0)))
        continue
      }
      let term = try sum * scale
      total = try total.map { try $0 + term } ?? term
      terms.append((name, try term.detached()))
    }
    guard let total else { throw DetectionError.outputs(task: task, "the loss has no term") }
    return TaskLoss(total: total, terms: terms)
  }
}
