package import Graphs

/// One application of an operator, as a channel rule sees it.
package struct ChannelCall {
  /// The node, in its internal form.
  package let node: Node
  let index: Int
  let state: ChannelState
  /// Set by rules that understand inputs which are computed from sizes; else reading one closes the axis.
  var readsSizes = false

  init(node: Node, index: Int, state: ChannelState) {
    self.node = node
    self.index = index
    self.state = state
  }

  // MARK: What is known

  /// The concrete sizes of an input, if all are known.
  func shape(_ input: Int) -> [Int]? { node.input(input).flatMap(shape(of:)) }
  /// The concrete sizes of an output, if all are known.
  func outputShape(_ output: Int) -> [Int]? { node.output(output).flatMap(shape(of:)) }

  private func shape(of name: String) -> [Int]? {
    state.graph.constants[name]?.shape ?? state.facts(name)?.shape
  }

  /// The labels of an input; nil where it has none.
  func labels(_ input: Int) -> ChannelLabels? { node.input(input).flatMap { state.labels[$0] } }

  /// True for an initialiser and for what is computed of initialisers alone.
  func isStored(_ input: Int) -> Bool { node.input(input).map(state.isStored) ?? false }

  /// True for an initialiser itself.
  func isConstant(_ input: Int) -> Bool {
    node.input(input).map { state.graph.constants[$0] != nil } ?? false
  }

  /// The whole numbers of an input that is an initialiser.
  func integers(_ input: Int) -> [Int]? {
    node.input(input).flatMap { state.graph.constants[$0]?.integers }
  }

  /// An axis from the end made one from the start.
  func axis(_ axis: Int, rank: Int) -> Int? {
    let positive = axis < 0 ? axis + rank : axis
    return (0..<rank).contains(positive) ? positive : nil
  }

  // MARK: Results

  /// Gives an output labels.
  func set(_ output: Int, _ labels: ChannelLabels?) {
    guard let labels, let name = node.output(output) else { return }
    state.setLabels(labels, of: name)
  }

  /// New channels, in classes of their own.
  func fresh(_ count: Int) -> ContiguousArray<Int32> { state.slots.fresh(count) }

  /// Says how attributes and small constants follow a cut.
  func follow(_ edits: @escaping ChannelFollow) { state.follows.append(edits) }

  /// Demands that a cut leaves at least one of `slots`.
  func keepSome(_ slots: ContiguousArray<Int32>) { state.pieces.append(slots) }

  // MARK: Joining and closing

  private func reason(_ text: String) -> Int32 { state.slots.reason("\(node.label) \(text)") }

  /// Closes the channels of some slots; the reason is the node's label and `text`.
  func close(_ slots: some Sequence<Int32>, _ text: String) {
    let reason = reason(text)
    for slot in slots { state.slots.close(slot, reason) }
  }

  /// Closes the channels of an input.
  func close(_ input: Int, _ text: String) {
    if let labels = labels(input) { close(labels.slots, text) }
  }

  /// Closes the channels of every input.
  func closeInputs(_ text: String = "mixes or hides channels") {
    for input in node.inputs.indices { close(input, text) }
  }

  /// Makes pairs of slots one class each.
  func join(
    _ a: ContiguousArray<Int32>,
    _ b: ContiguousArray<Int32>,
    _ text: String = "joins them"
  ) {
    guard a != b else { return }
    let reason = reason(text)
    for position in a.indices { state.slots.join(a[position], b[position], reason) }
  }

  /// One slot an index of an input's axis; nil where no channels lie along it.
  ///
  /// Labels that vary along other axes too are joined there; channels along other axes alone are closed.
  func channels(_ input: Int, axis: Int) -> ContiguousArray<Int32>? {
    guard let labels = labels(input), labels.shape.indices.contains(axis) else { return nil }
    guard labels.shape[axis] > 1 else {
      close(labels.slots, "mixes the axis that they lie along")
      return nil
    }
    return state.tied(labels, to: axis, reason("needs whole channels"))
  }

  /// Says that an input holds channels `slots` along an axis: a constant is cut there, a computed value joined.
  func attach(
    _ input: Int,
    axis: Int,
    _ slots: ContiguousArray<Int32>,
    as role: ChannelUse.Role
  ) {
    guard let name = node.input(input), let shape = shape(input), shape.indices.contains(axis)
    else { return close(slots, "has a parameter of unknown shape") }
    if shape[axis] == 1, slots.count != 1 { return }
    guard shape[axis] == slots.count else {
      return close(slots, "has a parameter '\(name)' of another size")
    }
    if state.isStored(name) {
      state.bind(
        name,
        axis: axis,
        slots,
        role: role,
        node: index,
        reason: reason("shares '\(name)'")
      )
    } else if labels(input) != nil, let own = channels(input, axis: axis) {
      join(own, slots)
    } else {
      close(slots, "combines them with '\(name)', which is computed and not cut")
    }
  }

  /// Makes an output a re-arranged constant where `input` is one: axis `map[i]` of the input is its axis `i`.
  ///
  /// - Returns: false where the input is not a constant.
  func alias(_ output: Int, of input: Int, map: [Int?]) -> Bool {
    guard isStored(input), let source = node.input(input), let name = node.output(output)
    else { return false }
    state.addAlias(name, of: [ChannelState.Alias(source: source, map: map)])
    return true
  }

  /// Sees to it that a constant target shape follows a cut of the constants that a re-arranged one is made of.
  func followStored(_ output: Int, target input: Int) {
    guard let name = node.output(output), let shape = outputShape(output),
      let target = integers(input), target.count == shape.count
    else { return }
    let origins = shape.indices.map { state.origin(of: name, axis: $0) }
    let node = node
    follow { editor in
      var entries = target
      for (axis, origin) in origins.enumerated() where target[axis] != -1 {
        guard let origin, let kept = editor.kept(of: origin.constant, axis: origin.axis) else {
          continue
        }
        entries[axis] = kept
      }
      if entries != target { editor.setInput(input, of: node, to: entries) }
    }
  }

  /// The map of axes between shapes that differ by axes of size 1; nil where they differ otherwise.
  static func axisMap(from old: [Int], to new: [Int]) -> [Int?]? {
    let from = old.indices.filter { old[$0] > 1 }
    let to = new.indices.filter { new[$0] > 1 }
    guard from.map({ old[$0] }) == to.map({ new[$0] }) else { return nil }
    var map = [Int?](repeating: nil, count: new.count)
    for (axis, source) in zip(to, from) { map[axis] = source }
    return map
  }
}
