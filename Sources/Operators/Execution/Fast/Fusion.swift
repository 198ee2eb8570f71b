import Graphs
import Tensors

/// Finds what of a graph can execute as one: convolutions with their batch norm, residual sum and activation.
struct Fusion {
  let layout: Layout
  let operators: OperatorSet
  /// What convolutions compute in; nil for float32.
  let narrow: DType?
  /// Values that must be made, because they are returned.
  private let wanted: Set<Int>
  /// The nodes that read each slot.
  private let readers: [[Int]]
  private var taken: Set<Int> = []

  init(_ layout: Layout, operators: OperatorSet, taps: Set<String>, narrow: DType?) {
    self.layout = layout
    self.operators = operators
    self.narrow = narrow
    wanted = Set(layout.outputs).union(taps.compactMap { layout.slots[$0] })
    var readers = [[Int]](repeating: [], count: layout.names.count)
    for (index, read) in layout.reads.enumerated() {
      for slot in Set(read) where slot >= 0 { readers[slot].append(index) }
    }
    self.readers = readers
  }

  /// The steps in an order in which every input is made before; what is not fused stays one node a step.
  ///
  /// A chain stands where its last node stood: all that its nodes read is made before that.
  mutating func steps() -> [Step] {
    merged {
      $0.convolution(at: $1) ?? $0.normalization(at: $1) ?? $0.quantizedConvolution(at: $1)
    }
  }

  /// The steps of training: batch norms take in the relu or leaky relu that alone reads them.
  mutating func trainingSteps() -> [Step] {
    merged { $0.trainedNormalization(at: $1) }
  }

  /// The steps where `found` makes one of a node and those that follow it.
  private mutating func merged(_ found: (Fusion, Int) -> Step?) -> [Step] {
    var fused: [Int: Step] = [:]
    for index in layout.graph.nodes.indices where !taken.contains(index) {
      guard let step = found(self, index), let last = step.nodes.last else { continue }
      taken.formUnion(step.nodes)
      fused[last] = step
    }
    return layout.graph.nodes.indices.compactMap { index in
      fused[index] ?? (taken.contains(index) ? nil : layout.plainStep(index, operators))
    }
  }

  // MARK: Heads

  /// The convolution at a node and what follows it.
  private func convolution(at index: Int) -> Step? {
    let node = layout.graph.nodes[index]
    guard isConvolution(index), let weight = constant(layout.reads[index][1]),
      weight.type == .float32, weight.shape.count == 4
    else { return nil }
    var chain = chain(at: index)
    chain.weight = 1
    if node.input(2) != nil {
      guard constant(layout.reads[index][2])?.type == .float32 else { return nil }
      chain.bias = 2
    }
    if let next = onlyReader(of: chain.output), layout.reads[next][0] == chain.output {
      takeNorm(next, into: &chain)
    }
    return step(takingActivation(of: takingSum(of: chain)), kernel: Array(weight.shape[2...]))
  }

  /// The batch norm at a node, which follows no convolution that it could be folded into.
  private func normalization(at index: Int) -> Step? {
    var chain = chain(at: index)
    chain.reads = Array(chain.reads.prefix(1))
    chain.steps = []
    takeNorm(index, into: &chain)
    return chain.statistics == nil ? nil : step(takingActivation(of: chain), kernel: [1, 1])
  }

  /// The batch norm at a node by the batch's own statistics.
  private func trainedNormalization(at index: Int) -> Step? {
    let node = layout.graph.nodes[index]
    guard isBatchNorm(index) else { return nil }
    var (nodes, output, slope) = ([index], layout.makes[index][0], 1.0)
    if let next = onlyReader(of: output), layout.reads[next][0] == output,
      let activation = activation(at: next),
      ["relu", "leaky_relu"].contains(activation.name)
    {
      slope = activation.scalars.first ?? 0
      nodes.append(next)
      output = layout.makes[next][0]
    }
    return Step(
      nodes: nodes,
      reads: layout.reads[index],
      makes: [output],
      action: .fused(NormalizedActivation(node, slope: slope))
    )
  }

  private func chain(at index: Int) -> FusedChain {
    let plain = layout.plainStep(index, operators)
    return FusedChain(steps: [plain], reads: plain.reads, output: plain.makes.first ?? -1)
  }

  private func step(_ chain: FusedChain, kernel: [Int]) -> Step? {
    // A window that does not fit is the node's own error when it executes.
    guard
      let fused = try? FusedConvolution(
        chain,
        of: layout.graph,
        kernel: kernel,
        narrow: narrow
      )
    else { return nil }
    return Step(
      nodes: chain.steps.flatMap(\.nodes),
      reads: chain.reads,
      makes: [chain.output],
      action: .fused(fused)
    )
  }

  // MARK: What follows

  /// Takes a node in if it is a batch norm by known statistics.
  private func takeNorm(_ index: Int, into chain: inout FusedChain) {
    let node = layout.graph.nodes[index]
    guard isBatchNorm(index),
      layout.reads[index][1...4].allSatisfy({ constant($0)?.type.isFloatingPoint == true })
    else { return }
    chain.statistics = chain.reads.count
    chain.reads += layout.reads[index][1...4]
    chain.epsilon = Double(node.float("epsilon", default: 1e-5))
    chain.extend(by: layout.plainStep(index, operators))
  }

  /// With the sum of the chain's output alone with another computed value.
  private func takingSum(of chain: FusedChain) -> FusedChain {
    guard let sum = onlyReader(of: chain.output), isSum(sum), !taken.contains(sum)
    else { return chain }
    let others = layout.reads[sum].filter { $0 != chain.output }
    guard others.count == 1, let addend = others.first, addend >= 0, constant(addend) == nil
    else { return chain }
    var chain = chain
    chain.sum = chain.steps.count
    chain.addend = chain.read(addend)
    chain.extend(by: layout.plainStep(sum, operators))
    return chain
  }

  /// With an activation, or x · sigmoid(x).
  ///
  /// After a sum oneDNN has only relu.
  private func takingActivation(of chain: FusedChain) -> FusedChain {
    var result = chain
    if let next = onlyReader(of: chain.output), layout.reads[next][0] == chain.output,
      let found = activation(at: next),
      chain.addend == nil || found.name == "relu"
    {
      if found.takesBounds {
        for (index, slot) in layout.reads[next].dropFirst().prefix(2).enumerated() where slot >= 0 {
          guard constant(slot)?.count == 1 else { return chain }
          result.bounds[index] = result.read(slot)
        }
      }
      result.activation = found
      result.extend(by: layout.plainStep(next, operators))
    } else if chain.addend == nil, let (sigmoid, product) = swish(of: chain.output) {
      result.activation = .swish
      result.extend(by: layout.plainStep(sigmoid, operators))
      result.extend(by: layout.plainStep(product, operators))
    }
    return result
  }

  /// Two readers, of which one reads the other: the nodes of x · sigmoid(x).
  private func swish(of slot: Int) -> (sigmoid: Int, product: Int)? {
    guard !wanted.contains(slot), readers[slot].count == 2 else { return nil }
    let (sigmoid, product) = (readers[slot][0], readers[slot][1])
    guard isMade(product),
      Activation.isSwish(layout.graph.nodes[sigmoid], layout.graph.nodes[product]),
      onlyReader(of: layout.makes[sigmoid][0]) == product,
      Set(layout.reads[product]) == [slot, layout.makes[sigmoid][0]]
    else { return nil }
    return (sigmoid, product)
  }

  // MARK: Questions

  /// Whether a node makes its first output.
  func isMade(_ index: Int) -> Bool { layout.makes[index].first ?? -1 >= 0 }

  func isConvolution(_ index: Int) -> Bool {
    isMade(index) && Convolution.isPlain(layout.graph.nodes[index])
  }

  private func isSum(_ index: Int) -> Bool {
    isMade(index) && operators[layout.graph.nodes[index]]?.traits.contains(.adds) == true
  }

  /// The activation that a node computes of its first input; nil for others.
  func activation(at index: Int) -> FusedActivation? {
    let node = layout.graph.nodes[index]
    return operators[node]?.fusing?.activation(node)
  }

  /// Whether a node is a batch norm that makes its one output by statistics which stand outside.
  private func isBatchNorm(_ index: Int) -> Bool {
    isMade(index) && Normalization.isByStatistics(layout.graph.nodes[index])
  }

  /// The node that alone reads a slot which is not returned.
  func onlyReader(of slot: Int) -> Int? {
    guard !wanted.contains(slot), readers[slot].count == 1 else { return nil }
    return readers[slot].first
  }

  /// The graph's constant in a slot; the session may hold another value for it by now.
  func constant(_ slot: Int) -> Constant? { slot < 0 ? nil : layout.constants[slot] }
}
