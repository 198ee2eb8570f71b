import Graphs

extension ChannelCall {
  /// Gemm: `A' B' + C` with B a constant; C broadcasts to the output.
  mutating func applyGemm() {
    let (rowAxis, columnAxis) = node.int("transA", default: 0) == 0 ? (0, 1) : (1, 0)
    let (inner, outer) = node.int("transB", default: 0) == 0 ? (0, 1) : (1, 0)
    guard isStored(1), let weight = shape(1), weight.count == 2 else {
      return closeInputs("has a weight that is computed")
    }
    if let labels = labels(0) {
      if labels.shape[rowAxis] > 1 { return closeInputs("has channels along its rows") }
      if let slots = channels(0, axis: columnAxis) {
        attach(1, axis: inner, slots, as: .consumer)
      }
    }
    guard node.input(2) == nil || isStored(2) else {
      return close(2, "adds a computed value to its result")
    }
    makeFilters(
      weight[outer],
      groups: 1,
      weight: 1,
      axis: outer,
      bias: node.input(2) == nil ? nil : 2,
      rank: 2,
      outputAxis: 1
    )
  }

  /// MatMul: with a constant right operand of rank 2 a linear layer along the last axis.
  mutating func applyMatMul() {
    guard let left = shape(0), let right = shape(1), let output = outputShape(0) else {
      return closeInputs("multiplies values of unknown shape")
    }
    guard isStored(1), !isStored(0), right.count == 2, left.count > 0 else {
      return closeInputs("multiplies computed values, which mixes their channels")
    }
    guard let labels = labels(0) else { return makeColumns(right[1], rank: output.count) }
    let last = left.count - 1
    if labels.shape[last] > 1 {
      guard let slots = channels(0, axis: last) else { return }
      attach(1, axis: 0, slots, as: .consumer)
      makeColumns(right[1], rank: output.count)
    } else {
      // Channels along the rows pass; the columns stay whole.
      var shape = labels.shape
      shape[last] = 1
      set(0, labels.viewed(as: shape))
    }
  }

  private func makeColumns(_ count: Int, rank: Int) {
    makeFilters(
      count,
      groups: 1,
      weight: 1,
      axis: 1,
      bias: nil,
      rank: rank,
      outputAxis: rank - 1
    )
  }
}
