import Graphs

extension ChannelCall {
  /// Reshape and Flatten: labels get the new shape, a constant target follows a cut.
  mutating func applyReshape() {
    readsSizes = true
    guard let old = shape(0), let new = outputShape(0) else {
      return close(0, "makes a value of unknown shape")
    }
    if isStored(0), node.input(1) == nil || isConstant(1),
      let map = Self.axisMap(from: old, to: new), alias(0, of: 0, map: map)
    {
      return followStored(0, target: 1)
    }
    guard let labels = labels(0) else { return checkTarget(1, axes: [], of: nil) }
    guard let result = labels.reshaped(from: old, to: new) else {
      return close(0, "gives them a shape that cannot be followed")
    }
    set(0, result)
    guard node.input(1) != nil else { return }
    guard isConstant(1), let target = integers(1), target.count == new.count else {
      return checkTarget(1, axes: Array(new.indices), of: result)
    }
    let node = node
    let zeroCopies = node.int("allowzero", default: 0) == 0
    follow { editor in
      guard editor.cut.touches(result) || editor.cut.touches(labels) else { return }
      var entries = target
      for axis in entries.indices where entries[axis] != -1 {
        let copies = entries[axis] == 0 && zeroCopies
        if result.shape[axis] > 1 {
          entries[axis] = editor.cut.size(result, axis: axis)
        } else if copies, labels.shape.indices.contains(axis), labels.shape[axis] > 1 {
          entries[axis] = new[axis]
        }
      }
      if entries != target { editor.setInput(1, of: node, to: entries) }
    }
  }

  /// Expand: labels stay where they are; a constant target follows a cut.
  mutating func applyExpand() {
    readsSizes = true
    guard let output = outputShape(0), let old = shape(0) else {
      return close(0, "makes a value of unknown shape")
    }
    let lead = output.count - old.count
    if let target = integers(1), target.count == output.count {
      let map = output.indices.map { $0 >= lead && old[$0 - lead] > 1 ? $0 - lead : nil }
      if alias(0, of: 0, map: map) { return followStored(0, target: 1) }
    }
    guard let labels = labels(0), lead >= 0 else { return checkTarget(1, axes: [], of: nil) }
    let result = labels.viewed(as: [Int](repeating: 1, count: lead) + labels.shape)
    set(0, result)
    guard isConstant(1), let target = integers(1) else {
      return checkTarget(1, axes: Array(output.indices), of: result)
    }
    let node = node
    let skipped = output.count - target.count
    follow { editor in
      var entries = target
      for axis in entries.indices where target[axis] > 1 && result.shape[axis + skipped] > 1 {
        entries[axis] = editor.cut.size(result, axis: axis + skipped)
      }
      if entries != target { editor.setInput(1, of: node, to: entries) }
    }
  }

  /// Resize: axes that keep their size pass; constant sizes follow a cut.
  mutating func applyResize() {
    readsSizes = true
    guard let labels = labels(0) else { return checkTarget(3, axes: [], of: nil) }
    guard let old = shape(0), let new = outputShape(0), old.count == new.count,
      labels.axes.allSatisfy({ old[$0] == new[$0] })
    else { return close(0, "resizes the axis of the channels") }
    set(0, labels)
    guard node.input(3) != nil else { return }
    let axes = (node.ints("axes") ?? Array(old.indices)).compactMap { axis($0, rank: old.count) }
    guard isConstant(3), let sizes = integers(3), sizes.count == axes.count else {
      return checkTarget(3, axes: axes, of: labels)
    }
    let node = node
    follow { editor in
      var entries = sizes
      for (position, axis) in axes.enumerated() where labels.shape[axis] > 1 {
        entries[position] = editor.cut.size(labels, axis: axis)
      }
      if entries != sizes { editor.setInput(3, of: node, to: entries) }
    }
  }

  /// Shape: numbers that come from the sizes of a value.
  mutating func applySizes() {
    guard let name = node.input(0), let output = node.output(0) else { return }
    readsSizes = true
    guard let shape = shape(0) else { return close(0, "reads their number") }
    func bound(_ value: Int) -> Int {
      min(max(value < 0 ? value + shape.count : value, 0), shape.count)
    }
    let start = bound(node.int("start", default: 0))
    let end = bound(node.int("end", default: shape.count))
    guard start <= end else { return }
    state.origins[output] = (start..<end).map { axis in
      isStored(0) ? .fixed(shape[axis]) : .size(of: name, axis: axis)
    }
  }

  /// Sees to it that a target shape which is computed while the model runs follows a cut by itself.
  ///
  /// - Parameters:
  ///   - input: which input holds the target.
  ///   - axes: the axes of `result` that the target's entries stand for; empty for those of the output.
  ///   - result: the labels of what the node makes.
  private func checkTarget(_ input: Int, axes: [Int], of result: ChannelLabels?) {
    guard let name = node.input(input), !isConstant(input) else { return }
    guard let origins = state.origins[name] else {
      if let result {
        close(result.slots, "has a target shape that is computed while the model runs")
      }
      return
    }
    for (position, origin) in origins.enumerated() {
      let own = result.flatMap { result -> ContiguousArray<Int32>? in
        guard axes.indices.contains(position), result.shape[axes[position]] > 1 else { return nil }
        return state.tied(
          result,
          to: axes[position],
          state.slots.reason("\(node.label) needs whole channels")
        )
      }
      switch (origin, own) {
      case (.fixed(let size), let own?):
        if size > 0 { close(own, "writes their number \(size) into a shape") }
      case (.fixed, nil): break
      case (.size(let value, let axis), let own):
        guard let source = state.labels[value], source.shape[axis] > 1 else {
          if let own { close(own, "takes their number from '\(value)'") }
          continue
        }
        let read = state.tied(
          source,
          to: axis,
          state.slots.reason("\(node.label) reads their number")
        )
        if let own, own.count == read.count {
          join(own, read, "takes their number from '\(value)'")
        } else {
          close(read, "writes their number into a shape")
        }
      }
    }
    if let result, origins.count != axes.count {
      close(result.slots, "has a target shape that cannot be followed")
    }
  }
}
