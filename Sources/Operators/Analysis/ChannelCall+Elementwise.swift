import Graphs

extension ChannelCall {
  /// Joins the labels of all inputs, aligned as broadcasting aligns them.
  mutating func applyElementwise() {
    guard let output = outputShape(0) else { return closeInputs("makes a value of unknown shape") }
    let present = node.inputs.indices.filter { node.input($0) != nil }
    if present.allSatisfy({ isStored($0) }) { return combineStored(present, rank: output.count) }
    var extent = [Int](repeating: 1, count: output.count)
    for input in present {
      guard let labels = labels(input) else { continue }
      guard labels.shape.count <= output.count else {
        return closeInputs("makes a value of unknown shape")
      }
      let lead = output.count - labels.shape.count
      for (axis, size) in labels.shape.enumerated() where size > 1 {
        extent[lead + axis] = size
      }
    }
    let axes = extent.indices.filter { extent[$0] > 1 }
    guard !axes.isEmpty else { return }
    guard let merged = mergedLabels(present, extent: extent, axes: axes) else {
      return closeInputs("pairs channels of one input with those of another")
    }
    for index in node.outputs.indices where outputShape(index) == output { set(index, merged) }
  }

  /// Joins what the inputs say of each element; nil where no input has channels along all of `axes`.
  private func mergedLabels(_ present: [Int], extent: [Int], axes: [Int]) -> ChannelLabels? {
    let rank = extent.count
    var full: ChannelLabels?
    var others: [(input: Int, labels: ChannelLabels)] = []
    for input in present {
      guard let own = labels(input) else { continue }
      let lead = [Int](repeating: 1, count: rank - own.shape.count)
      let aligned = own.viewed(as: lead + own.shape)
      if full == nil, aligned.shape == extent {
        full = aligned
      } else {
        others.append((input, aligned))
      }
    }
    guard let full else { return nil }
    for other in others { join(full.slots, other.labels.expanded(to: extent).slots) }
    // Axes along which an input has elements but no channels.
    for input in present {
      guard let shape = shape(input) else {
        close(full.slots, "combines them with a value of unknown shape")
        continue
      }
      let lead = rank - shape.count
      let own = labels(input)
      for axis in axes where axis >= lead && shape[axis - lead] > 1 {
        if let own, own.shape[axis - lead] > 1 { continue }
        attach(
          input,
          axis: axis - lead,
          state.tied(full, to: axis, tieReason),
          as: .perChannel
        )
      }
    }
    return full
  }

  private var tieReason: Int32 { state.slots.reason("\(node.label) needs whole channels") }

  private func combineStored(_ present: [Int], rank: Int) {
    var parts: [ChannelState.Alias] = []
    for input in present {
      guard let name = node.input(input), let shape = shape(input) else { return }
      let lead = rank - shape.count
      let map = (0..<rank).map { axis -> Int? in
        axis >= lead && shape[axis - lead] > 1 ? axis - lead : nil
      }
      parts.append(ChannelState.Alias(source: name, map: map))
    }
    if let name = node.output(0), !parts.isEmpty { state.addAlias(name, of: parts) }
  }

  /// Gives the outputs input 0's labels.
  mutating func applyPassThrough() {
    readsSizes = true
    guard let name = node.input(0) else { return }
    if let origins = state.origins[name], let output = node.output(0) {
      state.origins[output] = origins
    }
    guard let shape = shape(0) else { return close(0, "reads a value of unknown shape") }
    if alias(0, of: 0, map: shape.indices.map { shape[$0] > 1 ? $0 : nil }) { return }
    guard let labels = labels(0) else { return }
    for output in node.outputs.indices where outputShape(output)?.count == shape.count {
      set(output, labels)
    }
  }

  /// Passes; cuts a scale and a zero point that vary along the axis.
  mutating func applyPerAxisQuantization() {
    guard let shape = shape(0) else { return close(0, "reads a value of unknown shape") }
    let axis = axis(node.int("axis", default: 1), rank: shape.count)
    let perAxis = [1, 2].filter { (self.shape($0)?.reduce(1, *) ?? 1) > 1 }
    if isStored(0) {
      guard let output = node.output(0) else { return }
      var parts: [ChannelState.Alias] = []
      for input in [0] + perAxis {
        guard isStored(input), let name = node.input(input) else { return }
        let map = shape.indices.map { index -> Int? in
          input == 0 ? (shape[index] > 1 ? index : nil) : (index == axis ? 0 : nil)
        }
        parts.append(ChannelState.Alias(source: name, map: map, isScale: input > 0))
      }
      guard perAxis.allSatisfy({ self.shape($0)?.count == 1 }) else { return }
      return state.addAlias(output, of: parts)
    }
    guard let labels = labels(0) else { return }
    if !perAxis.isEmpty {
      guard perAxis.allSatisfy({ self.shape($0)?.count == 1 }), let axis else {
        return close(0, "scales blocks of channels")
      }
      if labels.shape[axis] > 1 {
        let slots = state.tied(labels, to: axis, tieReason)
        for input in perAxis { attach(input, axis: 0, slots, as: .perChannel) }
      }
    }
    set(0, labels)
  }

  /// Passes axis 1, whole; parameters hold an entry a channel.
  mutating func applyPerChannel(parameters: ClosedRange<Int>) {
    guard let slots = channels(0, axis: 1), let rank = shape(0)?.count else { return }
    for input in parameters where node.input(input) != nil {
      attach(input, axis: 0, slots, as: .perChannel)
    }
    set(0, ChannelLabels(slots, axis: 1, rank: rank))
  }

  /// Passes axis 1, whole.
  mutating func applyPooling() {
    guard let slots = channels(0, axis: 1) else { return }
    guard let rank = outputShape(0)?.count, rank > 1, node.output(1) == nil else {
      return close(slots, "counts positions across them")
    }
    set(0, ChannelLabels(slots, axis: 1, rank: rank))
  }
}
