import Graphs

extension ChannelCall {
  /// Transpose.
  mutating func applyTranspose() {
    guard let shape = shape(0) else { return close(0, "moves a value of unknown shape") }
    let order = node.ints("perm") ?? shape.indices.reversed()
    guard order.count == shape.count, order.allSatisfy(shape.indices.contains) else {
      return close(0, "has an order that does not fit")
    }
    if alias(0, of: 0, map: order.map { shape[$0] > 1 ? $0 : nil }) { return }
    set(0, labels(0)?.transposed(order))
  }

  /// Squeeze and Unsqueeze: axes of size 1 come and go.
  mutating func applyUnitAxes() {
    readsSizes = true
    if let name = node.input(0), let origins = state.origins[name], let output = node.output(0) {
      state.origins[output] = origins
      return
    }
    guard let old = shape(0), let new = outputShape(0) else {
      return close(0, "moves a value of unknown shape")
    }
    if isStored(0), let map = Self.axisMap(from: old, to: new), alias(0, of: 0, map: map) {
      return
    }
    guard let labels = labels(0) else { return }
    guard let map = Self.axisMap(from: old, to: new) else { return close(0, "drops an axis") }
    set(0, labels.viewed(as: map.map { $0.map { labels.shape[$0] } ?? 1 }))
  }

  /// Concat: labels end to end along `axis`, joined along the other axes.
  mutating func applyConcat() {
    readsSizes = true
    if joinOrigins() { return }
    guard let output = outputShape(0),
      let axis = axis(node.int("axis", default: 0), rank: output.count)
    else { return closeInputs("makes a value of unknown shape") }
    let present = node.inputs.indices
    guard present.contains(where: { labels($0) != nil }) else { return }
    var extent = [Int](repeating: 1, count: output.count)
    for input in present {
      guard let labels = labels(input) else { continue }
      for index in extent.indices where labels.shape[index] > 1 { extent[index] = output[index] }
    }
    if extent[axis] == 1 { return joinBeside(present, extent: extent) }
    var pieces: [ChannelLabels] = []
    for input in present {
      guard let shape = shape(input) else {
        return closeInputs("joins a value of unknown shape")
      }
      var sizes = extent
      sizes[axis] = shape[axis]
      let own =
        labels(input)
        ?? ChannelLabels(shape: sizes.map { _ in 1 }, slots: [0])
      pieces.append(own.expanded(to: sizes))
    }
    let inner = extent[(axis + 1)...].reduce(1, *)
    var slots = ContiguousArray<Int32>()
    slots.reserveCapacity(extent.reduce(1, *))
    for row in 0..<extent[..<axis].reduce(1, *) {
      for piece in pieces {
        let length = piece.shape[axis] * inner
        slots.append(contentsOf: piece.slots[row * length..<(row + 1) * length])
      }
    }
    set(0, ChannelLabels(shape: extent, slots: slots))
  }

  /// Channels lie along other axes than the one that is joined: they are the same in every input.
  private func joinBeside(_ present: Range<Int>, extent: [Int]) {
    let whole = present.compactMap { labels($0) }.first { $0.shape == extent }
    guard let whole else { return closeInputs("pairs channels of one input with those of another") }
    for input in present {
      if let own = labels(input) {
        join(whole.slots, own.expanded(to: extent).slots)
        for axis in extent.indices where extent[axis] > 1 && own.shape[axis] == 1 {
          close(whole.slots, "joins them to values that are not cut")
        }
      } else {
        for axis in extent.indices where extent[axis] > 1 {
          let reason = state.slots.reason("\(node.label) needs whole channels")
          attach(input, axis: axis, state.tied(whole, to: axis, reason), as: .perChannel)
        }
      }
    }
    set(0, whole)
  }

  /// Concat of sizes that are computed while the model runs.
  private func joinOrigins() -> Bool {
    guard node.inputs.contains(where: { state.origins[$0] != nil }), let output = node.output(0)
    else { return false }
    var all: [ChannelOrigin] = []
    for name in node.inputs {
      if let origins = state.origins[name] {
        all += origins
      } else if let values = state.graph.constants[name]?.integers
        ?? state.facts(name)?.value?.integers
      {
        all += values.map { .fixed($0) }
      } else {
        return false
      }
    }
    state.origins[output] = all
    return true
  }

  /// Split: each output takes its run of labels.
  mutating func applySplit() {
    guard let labels = labels(0) else { return }
    guard let axis = axis(node.int("axis", default: 0), rank: labels.shape.count) else {
      return close(0, "splits an axis that it does not have")
    }
    guard labels.shape[axis] > 1 else {
      for output in node.outputs.indices { set(output, labels) }
      return
    }
    let slots = state.tied(
      labels,
      to: axis,
      state.slots.reason("\(node.label) needs whole channels")
    )
    let sizes = node.outputs.indices.compactMap { outputShape($0)?[axis] }
    guard sizes.count == node.outputs.count, sizes.reduce(0, +) == slots.count,
      node.input(1) == nil || isConstant(1)
    else { return close(0, "has sizes that are computed while the model runs") }
    var start = 0
    var runs: [ContiguousArray<Int32>] = []
    for (output, size) in sizes.enumerated() {
      let range = Array(start..<start + size)
      set(output, labels.taking(range, axis: axis))
      runs.append(ContiguousArray(slots[start..<start + size]))
      if size > 0 { keepSome(runs[output]) }
      start += size
    }
    let node = node
    follow { [runs] editor in
      let kept = runs.map { editor.cut.count($0) }
      guard kept != sizes else { return }
      editor.setInput(1, of: node, to: kept)
      if node.attributes["num_outputs"] != nil {
        editor.append(.removeAttribute(node: node.name, attribute: "num_outputs"))
      }
    }
  }

  /// Pad: what is added along an axis of channels are channels of their own, which are zero.
  mutating func applyPad() {
    guard var result = labels(0), let old = shape(0) else {
      return close(0, "pads a value of unknown shape")
    }
    let axes = node.input(3) == nil ? Array(old.indices) : integers(3) ?? []
    guard let amounts = integers(1), amounts.count == 2 * axes.count, !axes.isEmpty else {
      return close(0, "pads by amounts that are computed while the model runs")
    }
    let constant = node.string("mode", default: "constant") == "constant"
    var ends: [(position: Int, slots: ContiguousArray<Int32>)] = []
    for (position, given) in axes.enumerated() {
      guard let axis = axis(given, rank: old.count) else { return close(0, "pads no axis") }
      let (before, after) = (amounts[position], amounts[position + axes.count])
      guard result.shape[axis] > 1, before != 0 || after != 0 else { continue }
      guard constant, before >= 0, after >= 0, result.axes == [axis] else {
        return close(0, "repeats or drops channels at the edge")
      }
      let (head, tail) = (fresh(before), fresh(after))
      result = ChannelLabels(head + result.slots + tail, axis: axis, rank: old.count)
      ends += [(position, head), (position + axes.count, tail)]
    }
    set(0, result)
    let node = node
    guard !ends.isEmpty else { return }
    follow { [ends] editor in
      var kept = amounts
      for end in ends { kept[end.position] = editor.cut.count(end.slots) }
      if kept != amounts { editor.setInput(1, of: node, to: kept) }
    }
  }

  /// Tile: axes that are not repeated pass.
  mutating func applyTile() {
    guard let labels = labels(0) else { return }
    guard let old = shape(0), let new = outputShape(0), old.count == new.count,
      labels.axes.allSatisfy({ old[$0] == new[$0] })
    else { return close(0, "repeats channels") }
    set(0, labels)
  }
}
