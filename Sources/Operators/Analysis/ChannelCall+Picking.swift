import Graphs

extension ChannelCall {
  /// Slice: runs of labels; bounds follow a cut.
  mutating func applySlice() {
    readsSizes = true
    if sliceOrigins() { return }
    guard var result = labels(0), let old = shape(0) else { return }
    guard let output = outputShape(0), output.count == old.count else {
      return close(0, "makes a value of unknown shape")
    }
    // Run-time bounds are harmless where every axis of channels stays whole.
    let given = node.input(3) == nil ? Array(0..<(shape(1)?.first ?? 0)) : integers(3)
    guard let given else { return close(0, "slices axes that are computed while the model runs") }
    var cuts: [(position: Int, start: Int, end: Int, slots: ContiguousArray<Int32>)] = []
    for (position, value) in given.enumerated() {
      guard let axis = axis(value, rank: old.count) else { return close(0, "slices no axis") }
      guard result.shape[axis] > 1 else { continue }
      guard let starts = integers(1), let ends = integers(2),
        starts.count == given.count, ends.count == given.count
      else { return close(0, "has bounds that are computed while the model runs") }
      let steps = node.input(4) == nil ? Array(repeating: 1, count: given.count) : integers(4)
      guard steps?[position] == 1 else { return close(0, "takes every second channel or so") }
      let size = old[axis]
      let start = Self.clamp(starts[position], size)
      let end = max(start, Self.clamp(ends[position], size))
      guard end - start == output[axis], end > start else {
        return close(0, "has bounds that do not fit")
      }
      let slots = state.tied(
        result,
        to: axis,
        state.slots.reason("\(node.label) needs whole channels")
      )
      keepSome(ContiguousArray(slots[start..<end]))
      cuts.append((position, start, end, slots))
      result = result.taking(Array(start..<end), axis: axis)
    }
    set(0, result)
    let node = node
    guard !cuts.isEmpty, let starts = integers(1), let ends = integers(2) else { return }
    follow { [cuts] editor in
      var (newStarts, newEnds) = (starts, ends)
      for cut in cuts {
        newStarts[cut.position] = editor.cut.count(cut.slots[..<cut.start])
        newEnds[cut.position] = editor.cut.count(cut.slots[..<cut.end])
        if newEnds[cut.position] == editor.cut.count(cut.slots),
          editor.cut.count(cut.slots) == cut.slots.count
        {
          (newStarts[cut.position], newEnds[cut.position]) = (
            starts[cut.position], ends[cut.position]
          )
        }
      }
      guard newStarts != starts || newEnds != ends else { return }
      editor.setInput(1, of: node, to: newStarts)
      editor.setInput(2, of: node, to: newEnds)
      // All index inputs must have one type, and the edits make int64.
      for input in [3, 4] {
        if let name = node.input(input), let values = editor.integers(name) {
          editor.setInput(input, of: node, to: values)
        }
      }
    }
  }

  private static func clamp(_ bound: Int, _ size: Int) -> Int {
    min(max(bound < 0 ? bound + size : bound, 0), size)
  }

  private func sliceOrigins() -> Bool {
    guard let name = node.input(0), let origins = state.origins[name], let output = node.output(0),
      let start = integers(1)?.first, let end = integers(2)?.first,
      node.input(4) == nil || integers(4) == [1]
    else { return false }
    let from = Self.clamp(start, origins.count)
    let to = max(from, Self.clamp(end, origins.count))
    state.origins[output] = Array(origins[from..<to])
    return true
  }

  /// Gather: constant indices pick labels and are renumbered after a cut.
  mutating func applyGather() {
    readsSizes = true
    if gatherOrigins() { return }
    close(1, "uses them as indices")
    guard let labels = labels(0), let old = shape(0) else { return }
    guard let axis = axis(node.int("axis", default: 0), rank: old.count),
      let indexShape = shape(1)
    else { return close(0, "picks from a value of unknown shape") }
    let lead = labels.shape[..<axis]
    let rest = labels.shape[(axis + 1)...]
    guard labels.shape[axis] > 1 else {
      set(0, labels.viewed(as: lead + indexShape.map { _ in 1 } + rest))
      return
    }
    guard let values = integers(1) else {
      return close(0, "picks channels that are known only when the model runs")
    }
    let indices = values.map { $0 < 0 ? $0 + old[axis] : $0 }
    guard indices.allSatisfy((0..<old[axis]).contains), indexShape.count < 2 else {
      return close(0, "picks channels by a table")
    }
    if indexShape.isEmpty, let name = node.input(1), state.reads[name] != 1 {
      return close(0, "picks one by an index that others read too")
    }
    let slots = state.tied(
      labels,
      to: axis,
      state.slots.reason("\(node.label) needs whole channels")
    )
    if indexShape.isEmpty {
      // One channel is named; it cannot go, but the others can.
      close([slots[indices[0]]], "needs this one channel")
      set(0, labels.taking(indices, axis: axis).viewed(as: Array(lead + rest)))
    } else {
      set(0, labels.taking(indices, axis: axis))
      keepSome(ContiguousArray(indices.map { slots[$0] }))
    }
    let node = node
    follow { editor in
      let kept = editor.cut.kept(slots)
      guard kept.count != slots.count else { return }
      var place = [Int](repeating: -1, count: slots.count)
      for (new, old) in kept.enumerated() { place[old] = new }
      editor.setIndices(1, of: node, to: indices.map { place[$0] }.filter { $0 >= 0 })
    }
  }

  private func gatherOrigins() -> Bool {
    guard let name = node.input(0), let origins = state.origins[name], let output = node.output(0),
      let values = integers(1)
    else { return false }
    let picked = values.compactMap { value -> ChannelOrigin? in
      let index = value < 0 ? value + origins.count : value
      return origins.indices.contains(index) ? origins[index] : nil
    }
    guard picked.count == values.count else { return false }
    state.origins[output] = picked
    return true
  }
}
