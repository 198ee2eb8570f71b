package import Graphs
package import Tensors

/// Executes a graph, with named taps, and again only what a change reaches.
///
/// Between runs the session keeps values at boundaries (see ``memory``). A run with the same inputs, after some
/// constants changed, starts from those and executes the nodes that the change reaches. An input counts as
/// changed when it is another `Tensor` object; tensors given must not be written to in place meanwhile.
///
/// A session belongs to one thread at a time, as torch's grad mode does.
package final class Session {
  /// How nodes are executed.
  package enum Mode: Sendable {
    /// Node by node, with plain ATen calls, which autograd records where a tensor asks for it.
    case plain
    /// As `plain`, with dropout dropping and batch norm using the batch; nothing is kept between runs.
    case training
    /// Batch norm folded, activations fused, weights packed: the fastest that libtorch has on the device.
    case fast
  }

  /// What the last run did.
  package struct Statistics: Sendable, Hashable {
    /// Nodes executed.
    package var nodes = 0
    /// Multiply-adds of those, by the operators' cost rules.
    package var multiplyAdds = 0
    /// The most computed values alive at once, kept ones included.
    package var peakValues = 0
    /// Their bytes.
    package var peakBytes = 0
  }

  package let operators: OperatorSet
  package let device: Device
  package let mode: Mode
  /// Bytes of values that may be kept between runs; 0 keeps none.
  package let memory: Int
  /// What the last run did.
  package internal(set) var statistics = Statistics()

  let layout: Layout
  var reuse: Reuse
  /// Values inside that fusion leaves to be read and given.
  let resumePoints: Set<String>
  private let narrow: DType?
  private let branches: Branches
  private var steps: StepTable
  private var constants: [Tensor?]
  private var given: [Tensor?]
  /// Told of values made, by slot, while a run is observed.
  var observer: ((Int, Tensor) throws -> Void)?

  /// Prepares a graph in its internal form.
  ///
  /// - Parameters:
  ///   - graph: from ``OperatorSet/normalized(_:)``.
  ///   - operators: the operators known.
  ///   - device: where the graph executes.
  ///   - mode: plain, training or fast.
  ///   - memory: bytes of values that may be kept between runs.
  ///   - narrow: what fused convolutions compute in, where not float32; their results have that type too.
  ///   - resumePoints: values inside that every run can return and ``resume(from:wanting:)`` can start from.
  package init(
    _ graph: Graph,
    operators: OperatorSet = .standard,
    device: Device = .cpu,
    mode: Mode = .plain,
    memory: Int = 512 << 20,
    narrow: DType? = nil,
    resumePoints: Set<String> = []
  ) {
    self.operators = operators
    self.device = device
    self.mode = mode
    self.memory = mode == .training ? 0 : memory
    self.resumePoints = resumePoints
    self.narrow = narrow
    layout = Layout(graph)
    branches = Branches(operators: operators, device: device)
    reuse = Reuse(layout)
    steps = StepTable(
      layout,
      operators: operators,
      fusing: mode == .training
        ? .training : mode == .fast && device == .cpu ? .everything : .nothing,
      narrow: narrow
    )
    constants = [Tensor?](repeating: nil, count: layout.names.count)
    given = constants
  }

  /// The graph as it was given; constants set since are not in it.
  package var graph: Graph { layout.graph }

  /// Executes the graph as far as the outputs and taps need it.
  ///
  /// - Parameters:
  ///   - inputs: tensors by name; inputs with a default may be left out.
  ///   - taps: names of values inside to be returned too.
  ///   - keeping: whether values at boundaries are kept for the next run, in place of those kept before.
  /// - Returns: outputs and taps by name.
  /// - Throws: ``OperatorError`` naming the node.
  package func run(
    _ inputs: [String: Tensor],
    taps: [String] = [],
    keeping: Bool = true
  ) throws -> [String: Tensor] {
    try bind(inputs)
    let wanted = try layout.outputs + taps.map(slot(of:))
    let steps = steps.steps(keeping: resumePoints.union(taps))
    reuse.trace(keeping: keeping && memory > 0)
    statistics = Statistics()
    var frame = Frame(count: layout.names.count)
    let keeps = keeping && memory > 0
    if mode == .fast {
      // oneDNN's fused calls have no backward pass.
      try withoutGradients {
        try execute(steps, wanted: wanted, keeping: keeps, frame: &frame)
      }
    } else {
      try execute(steps, wanted: wanted, keeping: keeps, frame: &frame)
    }
    var result: [String: Tensor] = [:]
    for slot in wanted {
      let tensor = try value(slot, frame).moved(to: device)
      // The fast path's values lie with the channels last; callers get rows as ONNX has them.
      result[layout.names[slot]] =
        mode == .fast && !tensor.isContiguous ? try tensor.contiguous() : tensor
    }
    return result
  }

  /// Gives a constant another value, of any shape, until it is set again.
  ///
  /// - Throws: ``OperatorError/mismatch(_:)`` for a name that is no constant.
  package func set(constant name: String, to value: Constant) throws(OperatorError) {
    let slot = try constantSlot(name)
    constants[slot] = nil
    reuse.set(slot, to: value)
  }

  /// Gives a constant another tensor on the session's device, such as a weight that is being trained.
  ///
  /// - Throws: ``OperatorError/mismatch(_:)`` for a name that is no constant.
  package func set(constant name: String, to tensor: Tensor) throws(OperatorError) {
    let slot = try constantSlot(name)
    constants[slot] = tensor
    reuse.set(slot, to: nil)
  }

  /// Sets every constant to its value in `graph`, which must have this session's nodes; equal ones change nothing.
  ///
  /// - Throws: ``OperatorError/mismatch(_:)`` where the nodes differ.
  package func set(constantsOf graph: Graph) throws(OperatorError) {
    guard graph.nodes == layout.graph.nodes else {
      throw .mismatch("a graph with other nodes needs a session of its own")
    }
    for (name, constant) in graph.constants where layout.slots[name] != nil {
      try set(constant: name, to: constant)
    }
  }

  /// The tensor of a constant, as the session executes with it.
  package func tensor(constant name: String) throws -> Tensor {
    try constant(at: constantSlot(name))
  }

  /// Forgets all values kept.
  package func forget() { reuse.forget() }

  private func constantSlot(_ name: String) throws(OperatorError) -> Int {
    guard let slot = layout.slots[name], layout.constants[slot] != nil else {
      throw .mismatch("the graph has no constant '\(name)'")
    }
    return slot
  }

  func slot(of tap: String) throws(OperatorError) -> Int {
    guard let slot = layout.slots[tap] else {
      throw .mismatch("the graph has no value '\(tap)' to tap")
    }
    return slot
  }

  private func bind(_ inputs: [String: Tensor]) throws {
    for info in layout.graph.inputs {
      guard let slot = layout.slots[info.name] else { continue }
      if let tensor = inputs[info.name] {
        if given[slot] !== tensor {
          given[slot] = tensor
          reuse.touch(slot)
        }
      } else if layout.constants[slot] == nil {
        throw OperatorError.mismatch("input '\(info.name)' is not given")
      } else if given[slot] != nil {
        given[slot] = nil
        reuse.touch(slot)
      }
    }
    for name in inputs.keys where !layout.graph.inputs.contains(where: { $0.name == name }) {
      let names = layout.graph.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
      throw OperatorError.mismatch("the graph has no input '\(name)'; it has \(names)")
    }
  }

  func constant(at slot: Int) throws -> Tensor {
    if let tensor = constants[slot] { return tensor }
    guard let value = reuse.constant(slot) ?? layout.constants[slot] else {
      throw OperatorError.mismatch("'\(layout.names[slot])' has no value")
    }
    let tensor = try value.tensor(beside: device, sharing: mode != .training)
    constants[slot] = tensor
    return tensor
  }

  /// The tensor in a slot: given, computed, kept or constant.
  func value(_ slot: Int, _ frame: Frame) throws -> Tensor {
    if let tensor = frame.values[slot] { return tensor }
    if let tensor = given[slot] { return try tensor.moved(to: device) }
    if let tensor = reuse.kept(slot) { return tensor }
    return try constant(at: slot)
  }

  private func isKnown(_ slot: Int) -> Bool {
    slot < 0 || layout.producers[slot] < 0 || reuse.isKept(slot)
  }

  private func execute(
    _ steps: [Step],
    wanted: [Int],
    keeping: Bool,
    frame: inout Frame
  ) throws {
    // Backwards: a step is needed if a needed slot that it makes is not kept from before.
    var needed = [Bool](repeating: false, count: layout.names.count)
    for slot in wanted where !isKnown(slot) { needed[slot] = true }
    var chosen: [Int] = []
    for index in steps.indices.reversed()
    where steps[index].makes.contains(where: { $0 >= 0 && needed[$0] }) {
      chosen.append(index)
      for slot in steps[index].reads where !isKnown(slot) {
        needed[slot] = true
        frame.uses[slot] += 1
      }
    }
    for slot in wanted { frame.uses[slot] += 1 }
    for index in chosen.reversed() {
      try execute(steps[index], keeping: keeping, frame: &frame)
    }
    statistics.peakValues = frame.peakValues
    statistics.peakBytes = frame.peakBytes
  }

  func execute(_ step: Step, keeping: Bool, frame: inout Frame) throws {
    let read = try step.reads.map { $0 < 0 ? nil : try value($0, frame) }
    let inputs = narrow == nil ? read : try step.alike(read)
    let made = try run(step, inputs, frame)
    let cost = cost(of: step, inputs: inputs, made: made)
    statistics.nodes += step.nodes.count
    statistics.multiplyAdds += cost
    for (slot, tensor) in zip(step.makes, made) where slot >= 0 {
      guard let tensor else { continue }
      try observer?(slot, tensor)
      if frame.uses[slot] > 0 { frame.add(slot, tensor) }
      if keeping { reuse.offer(slot, tensor, cost: cost, limit: memory) }
    }
    for slot in step.reads where slot >= 0 { frame.release(slot) }
  }

  private func run(_ step: Step, _ inputs: [Tensor?], _ frame: Frame) throws -> [Tensor?] {
    if case .fused(let fused) = step.action {
      let label = layout.graph.nodes[step.nodes[0]].label
      do {
        return try fused.execute(inputs, stamps: step.reads.map(reuse.stamp))
      } catch let error as OperatorError {
        if case .at = error { throw error }
        throw OperatorError.at(node: label, error)
      } catch {
        throw OperatorError.at(node: label, .runtime("\(error)"))
      }
    }
    let index = step.nodes[0]
    let node = layout.graph.nodes[index]
    let constants = step.reads.prefix(node.inputs.count).map { slot -> Constant? in
      let isGiven = slot < 0 || given[slot] != nil || frame.values[slot] != nil
      return isGiven ? nil : reuse.constant(slot)
    }
    guard !node.subgraphs.isEmpty else {
      return try step.run(
        KernelCall(
          node: node,
          inputs: inputs,
          constants: constants,
          isTraining: mode == .training
        )
      )
    }
    var surroundings: [String: Tensor] = [:]
    for (slot, tensor) in zip(step.reads, inputs) where slot >= 0 {
      surroundings[layout.names[slot]] = tensor
    }
    return try step.run(
      KernelCall(
        node: node,
        inputs: Array(inputs.prefix(node.inputs.count)),
        constants: constants,
        isTraining: mode == .training
      ) { [branches, mode] attribute, arguments in
        try branches.run(
          node,
          index: index,
          attribute: attribute,
          arguments: arguments,
          isTraining: mode == .training
        ) { surroundings[$0] }
      }
    )
  }

  /// The steps that leave the resume points to be read.
  func resumeSteps() -> [Step] { steps.steps(keeping: resumePoints) }

  private func cost(of step: Step, inputs: [Tensor?], made: [Tensor?]) -> Int {
    if case .fused(let fused) = step.action { return fused.cost(inputs, made) }
    let node = layout.graph.nodes[step.nodes[0]]
    guard let entry = operators[node] else { return 0 }
    return entry.cost(
      CostCall(node: node, inputs: inputs.map { $0?.shape }, outputs: made.map { $0?.shape })
    )
  }
}

@available(*, unavailable) extension Session: Sendable {}
