package import Tensors

extension Session {
  /// Executes from values inside the graph on: only the steps that lead from those to what is wanted.
  ///
  /// Nothing is kept for other runs, and nothing kept by them is used. Given the graph's inputs it is a whole run.
  ///
  /// - Parameters:
  ///   - values: inputs and resume points by name; they may be smaller than the graph's where constants are too.
  ///   - names: the values to return: outputs and resume points.
  /// - Returns: the values wanted, laid out as they were made: in fast mode the channels last.
  /// - Throws: ``OperatorError`` naming the node.
  package func resume(
    from values: [String: Tensor],
    wanting names: [String]
  ) throws -> [String: Tensor] {
    statistics = Statistics()
    if mode == .fast { return try withoutGradients { try resumed(from: values, wanting: names) } }
    return try resumed(from: values, wanting: names)
  }

  private func resumed(
    from values: [String: Tensor],
    wanting names: [String]
  ) throws -> [String: Tensor] {
    var frame = Frame(count: layout.names.count)
    var isGiven = [Bool](repeating: false, count: layout.names.count)
    for (name, tensor) in values {
      let slot = try slot(of: name)
      isGiven[slot] = true
      frame.uses[slot] = 1
      frame.add(slot, try tensor.moved(to: device))
    }
    let wanted = try names.map(slot(of:))
    for step in try needed(for: wanted, isGiven: isGiven, frame: &frame) {
      try execute(step, keeping: false, frame: &frame)
    }
    statistics.peakValues = frame.peakValues
    statistics.peakBytes = frame.peakBytes
    var result: [String: Tensor] = [:]
    for (name, slot) in zip(names, wanted) {
      result[name] = try value(slot, frame).moved(to: device)
    }
    return result
  }

  /// The steps to execute, in order, with their reads counted.
  private func needed(
    for wanted: [Int],
    isGiven: [Bool],
    frame: inout Frame
  ) throws -> [Step] {
    var isNeeded = [Bool](repeating: false, count: layout.names.count)
    func need(_ slot: Int) throws {
      guard slot >= 0, !isGiven[slot] else { return }
      if layout.producers[slot] >= 0 { isNeeded[slot] = true } else { _ = try constant(at: slot) }
    }
    for slot in wanted {
      try need(slot)
      frame.uses[slot] += 1
    }
    var chosen: [Step] = []
    for step in resumeSteps().reversed()
    where step.makes.contains(where: { $0 >= 0 && isNeeded[$0] }) {
      chosen.append(step)
      for slot in step.reads where slot >= 0 {
        try need(slot)
        frame.uses[slot] += 1
      }
    }
    return chosen.reversed()
  }
}
