import Graphs
import Tensors

extension Graph {
  /// The first node of a step.
  subscript(step: Step) -> Node { nodes[step.nodes[0]] }

  /// Executes nodes of a chain, or the last of them, with their own kernels.
  ///
  /// - Parameters:
  ///   - steps: the nodes' steps, of `all`.
  ///   - all: the chain's steps; the last one makes what is returned.
  ///   - reads: slots read from outside the chain.
  ///   - tensors: their tensors.
  ///   - product: the value of the node before the first of `steps`.
  /// - Returns: what the last of `all` makes, by itself.
  /// - Throws: ``OperatorError`` naming the node.
  func execute(
    _ steps: ArraySlice<Step>,
    of all: [Step],
    reads: [Int],
    _ tensors: [Tensor?],
    product: Tensor? = nil
  ) throws -> [Tensor?] {
    var values: [Int: Tensor] = [:]
    for (slot, tensor) in zip(reads, tensors) { values[slot] = tensor }
    if let product, let slot = all[..<steps.startIndex].last?.makes.first { values[slot] = product }
    for step in steps {
      let inputs = step.reads.map { $0 < 0 ? nil : values[$0] }
      let made = try step.run(KernelCall(node: self[step], inputs: inputs))
      for (slot, tensor) in zip(step.makes, made) where slot >= 0 { values[slot] = tensor }
    }
    return [all.last?.makes.first.flatMap { values[$0] }]
  }
}
