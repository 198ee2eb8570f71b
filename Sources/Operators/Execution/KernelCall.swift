package import Graphs
package import Tensors

/// One application of an operator, as a kernel sees it.
package struct KernelCall {
  /// The node, in its internal form.
  package let node: Node
  /// The inputs' tensors; nil where the input is left out.
  package let inputs: [Tensor?]
  /// Whether dropout drops and batch norm uses the batch's statistics.
  package let isTraining: Bool
  /// Executes a branch of the node with the values around it in reach.
  package let branch: (Graph, [Tensor?]) throws -> [Tensor?]

  package init(
    node: Node,
    inputs: [Tensor?],
    isTraining: Bool = false,
    branch: @escaping (Graph, [Tensor?]) throws -> [Tensor?] = { _, _ in
      throw OperatorError.unsupported("branches need a session")
    }
  ) {
    self.node = node
    self.inputs = inputs
    self.isTraining = isTraining
    self.branch = branch
  }

  /// The tensor of an input that must be there.
  package func input(_ index: Int) throws(OperatorError) -> Tensor {
    guard inputs.indices.contains(index), let tensor = inputs[index] else {
      throw .missingInput(index)
    }
    return tensor
  }

  /// The tensor of an input that may be left out.
  package func optional(_ index: Int) -> Tensor? {
    inputs.indices.contains(index) ? inputs[index] : nil
  }
}
