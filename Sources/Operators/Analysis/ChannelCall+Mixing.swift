import Graphs

extension ChannelCall {
  /// Reductions: the axes that go must carry no channels.
  mutating func applyReduction() {
    guard let labels = labels(0) else { return }
    reduce(labels, along: reducedAxes(rank: labels.shape.count))
  }

  /// The place of an extreme along one axis.
  mutating func applyReductionOfOneAxis() {
    guard let labels = labels(0) else { return }
    let axis = axis(node.int("axis", default: 0), rank: labels.shape.count)
    reduce(labels, along: axis.map { [$0] })
  }

  private func reduce(_ labels: ChannelLabels, along axes: Set<Int>?) {
    guard let axes else {
      return close(0, "reduces axes that are known only when the model runs")
    }
    if axes.contains(where: { labels.shape[$0] > 1 }) { return close(0, "reduces over them") }
    let keeps = node.int("keepdims", default: 1) != 0 || axes.isEmpty
    let shape =
      keeps
      ? labels.shape
      : labels.shape.indices.filter { !axes.contains($0) }.map { labels.shape[$0] }
    for output in node.outputs.indices where outputShape(output)?.count == shape.count {
      set(output, labels.viewed(as: shape))
    }
  }

  private func reducedAxes(rank: Int) -> Set<Int>? {
    if node.input(1) != nil, !isConstant(1) { return nil }
    let given = integers(1) ?? node.ints("axes") ?? []
    if given.isEmpty {
      return node.int("noop_with_empty_axes", default: 0) != 0 ? [] : Set(0..<rank)
    }
    return Set(given.compactMap { axis($0, rank: rank) })
  }

  /// Softmax and its kin: channels along the axis are closed, others pass.
  mutating func applyAlongAxis() { mix(along: node.int("axis", default: -1)) }

  /// Running sums and products, whose axis is an input.
  mutating func applyAlongGivenAxis() { mix(along: integers(1)?.first) }

  private func mix(along stated: Int?) {
    guard let labels = labels(0) else { return }
    guard let stated, let axis = axis(stated, rank: labels.shape.count), labels.shape[axis] == 1
    else { return close(0, "mixes them") }
    for output in node.outputs.indices where outputShape(output)?.count == labels.shape.count {
      set(output, labels)
    }
  }

  /// Layer normalisation: channels along the normalised axes are closed, others pass.
  mutating func applyLayerNormalization() {
    guard let labels = labels(0) else { return }
    guard let axis = axis(node.int("axis", default: -1), rank: labels.shape.count),
      labels.shape[axis...].allSatisfy({ $0 == 1 })
    else { return close(0, "mixes them") }
    set(0, labels)
  }
}
