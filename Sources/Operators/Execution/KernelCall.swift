package import Graphs
package import Tensors

/// One application of an operator, as a kernel sees it.
package struct KernelCall {
  /// The node, in its internal form.
  package let node: Node
  /// The inputs' tensors; nil where the input is left out.
  package let inputs: [Tensor?]
  /// The inputs' values where they are constants of the graph, so that sizes and axes need not be read back.
  package let constants: [Constant?]
  /// Whether dropout drops and batch norm uses the batch's statistics.
  package let isTraining: Bool
  /// Executes the branch in an attribute of the node, with the values around it in reach.
  package let branch: (_ attribute: String, _ arguments: [Tensor?]) throws -> [Tensor?]

  package init(
    node: Node,
    inputs: [Tensor?],
    constants: [Constant?] = [],
    isTraining: Bool = false,
    branch: @escaping (String, [Tensor?]) throws -> [Tensor?] = { _, _ in
      throw OperatorError.unsupported("branches need a session")
    }
  ) {
    self.node = node
    self.inputs = inputs
    self.constants = constants
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

  /// An input as whole numbers in main memory, such as sizes or axes; nil where it is left out.
  package func integers(_ index: Int) throws -> [Int]? {
    if constants.indices.contains(index), let values = constants[index]?.integers {
      return values
    }
    return try optional(index)?.ints()
  }

  /// An input as Double in main memory, such as scales or thresholds; nil where it is left out.
  package func doubles(_ index: Int) throws -> [Double]? { try optional(index)?.doubles() }

  /// How many outputs the node asks for.
  package var outputCount: Int { node.outputs.count }
}
