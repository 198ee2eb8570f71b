import Graphs

/// Finds what of a graph can execute as one: convolutions with their batch norm, residual sum and activation.
struct Fusion {
  private let layout: Layout
  private let operators: OperatorSet
  /// Values that must be made, because they are returned.
  private let wanted: Set<Int>
  /// The nodes that read each slot.
  private let readers: [[Int]]

  init(_ layout: Layout, operators: OperatorSet, taps: Set<String>) {
    self.layout = layout
    self.operators = operators
    wanted = Set(layout.outputs).union(taps.compactMap { layout.slots[$0] })
    var readers = [[Int]](repeating: [], count: layout.names.count)
    for (index, read) in layout.reads.enumerated() {
      for slot in Set(read) where slot >= 0 { readers[slot].append(index) }
    }
    self.readers = readers
  }

  /// The steps in an order in which every input is made before; what is not fused stays one node a step.
  func steps() -> [Step] {
    var fused: [Int: Step] = [:]
    var taken: Set<Int> = []
    for index in layout.graph.nodes.indices where !taken.contains(index) {
      guard let step = convolution(at: index, taken), let last = step.nodes.last else { continue }
      taken.formUnion(step.nodes)
      fused[last] = step
    }
    return layout.graph.nodes.indices.compactMap { index in
      fused[index] ?? (taken.contains(index) ? nil : layout.plainStep(index, operators))
    }
  }

  /// The convolution at a node and what follows it.
  private func convolution(at index: Int, _ taken: Set<Int>) -> Step? {
    let node = layout.graph.nodes[index]
    guard node.op == "Conv", node.domain.isEmpty,
      let weight = floats(node.input(1)), weight.shape.count == 4,
      node.input(2) == nil || floats(node.input(2)) != nil
    else { return nil }
    var chain = Chain(nodes: [index], output: layout.makes[index][0], reads: layout.reads[index])
    if chain.reads.count > 2, chain.reads[2] >= 0 { chain.inputs.bias = 2 }
    var epsilon = 0.0
    if let next = onlyReader(of: chain.output), let statistics = batchNorm(next, chain.output) {
      epsilon = Double(layout.graph.nodes[next].float("epsilon", default: 1e-5))
      chain.inputs.statistics = chain.reads.count
      chain.reads += statistics
      chain.extend(by: next, making: layout.makes[next][0])
    }
    var activation = take(swishOrActivationOf: &chain)
    if activation == nil, let (sum, addend) = residual(chain, taken) {
      chain.inputs.addend = chain.reads.count
      chain.reads.append(addend)
      chain.extend(by: sum, making: layout.makes[sum][0])
      if let next = onlyReader(of: chain.output), layout.reads[next][0] == chain.output,
        let found = FusedActivation(layout.graph.nodes[next], constant)
      {
        activation = found
        chain.extend(by: next, making: layout.makes[next][0])
      }
    }
    guard
      let step = try? FusedConvolution(
        node,
        inputs: chain.inputs,
        weightShape: weight.shape,
        epsilon: epsilon,
        activation: activation
      )
    else { return nil }
    return Step(
      nodes: chain.nodes.sorted(),
      reads: chain.reads,
      makes: [chain.output],
      action: .fused(step)
    )
  }

  /// A convolution with the nodes taken so far.
  private struct Chain {
    var nodes: [Int]
    var output: Int
    var reads: [Int]
    var inputs = FusedConvolution.Inputs()

    mutating func extend(by node: Int, making slot: Int) {
      nodes.append(node)
      output = slot
    }
  }

  private func take(swishOrActivationOf chain: inout Chain) -> FusedActivation? {
    if let next = onlyReader(of: chain.output), layout.reads[next][0] == chain.output,
      let found = FusedActivation(layout.graph.nodes[next], constant)
    {
      chain.extend(by: next, making: layout.makes[next][0])
      return found
    }
    // x · sigmoid(x): two readers, of which one reads the other.
    guard !wanted.contains(chain.output), readers[chain.output].count == 2 else { return nil }
    let (a, b) = (readers[chain.output][0], readers[chain.output][1])
    guard layout.graph.nodes[a].op == "Sigmoid", layout.graph.nodes[b].op == "Mul",
      onlyReader(of: layout.makes[a][0]) == b,
      Set(layout.reads[b]) == [chain.output, layout.makes[a][0]]
    else { return nil }
    chain.nodes.append(a)
    chain.extend(by: b, making: layout.makes[b][0])
    return .swish
  }

  /// A sum of this convolution's output alone with another value.
  private func residual(_ chain: Chain, _ taken: Set<Int>) -> (sum: Int, addend: Int)? {
    guard let sum = onlyReader(of: chain.output), layout.graph.nodes[sum].op == "Add",
      !taken.contains(sum), layout.reads[sum].count == 2
    else { return nil }
    let others = layout.reads[sum].filter { $0 != chain.output }
    guard others.count == 1, let addend = others.first, layout.constants[addend] == nil
    else { return nil }
    return (sum, addend)
  }

  /// The slots of a batch norm's constants, if a node is one that folds into what makes `slot`.
  private func batchNorm(_ index: Int, _ slot: Int) -> [Int]? {
    let node = layout.graph.nodes[index]
    guard node.op == "BatchNormalization", node.domain.isEmpty, layout.reads[index][0] == slot,
      node.int("training_mode", default: 0) == 0,
      (1...4).allSatisfy({ floats(node.input($0)) != nil })
    else { return nil }
    return Array(layout.reads[index][1...4])
  }

  /// The node that alone reads a slot which is not returned.
  private func onlyReader(of slot: Int) -> Int? {
    guard !wanted.contains(slot), readers[slot].count == 1 else { return nil }
    return readers[slot].first
  }

  private func constant(_ name: String) -> Constant? {
    layout.slots[name].flatMap { layout.constants[$0] }
  }

  /// A float32 constant that the caller cannot replace by an input.
  private func floats(_ name: String?) -> Constant? {
    guard let name, let constant = constant(name), constant.type == .float32,
      !layout.inputs.contains(where: { layout.names[$0] == name && isRequired($0) })
    else { return nil }
    return constant
  }

  private func isRequired(_ slot: Int) -> Bool { layout.constants[slot] == nil }
}
