package import Graphs
package import Tensors

/// One application of an operator, as a kernel sees it.
package struct KernelCall {
  /// The node, in its internal form.
  package let node: Node
  /// The inputs' tensors as they come; sizes and axes may lie in main memory while the rest is on a GPU.
  private let given: [Tensor?]
  /// Where kernels compute, if some inputs lie there and others do not.
  private let meeting: Device?
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
    given = inputs
    meeting = Self.meeting(of: inputs)
    self.constants = constants
    self.isTraining = isTraining
    self.branch = branch
  }

  /// The device of inputs that lie apart; nil where all lie together, as on the CPU they do.
  private static func meeting(of inputs: [Tensor?]) -> Device? {
    var first: Device?
    for case let tensor? in inputs {
      let device = tensor.device
      guard let known = first else {
        first = device
        continue
      }
      if device != known { return device.kind == .cpu ? known : device }
    }
    return nil
  }

  /// The inputs' tensors, brought to one device; nil where the input is left out.
  package var inputs: [Tensor?] {
    get throws {
      guard let meeting else { return given }
      return try given.map { try $0?.moved(to: meeting) }
    }
  }

  /// The tensor of an input that must be there, beside the others.
  package func input(_ index: Int) throws -> Tensor {
    guard let tensor = try optional(index) else { throw OperatorError.missingInput(index) }
    return tensor
  }

  /// The tensor of an input that may be left out, beside the others.
  package func optional(_ index: Int) throws -> Tensor? {
    guard given.indices.contains(index), let tensor = given[index] else { return nil }
    return try meeting.map { try tensor.moved(to: $0) } ?? tensor
  }

  /// Whether an input is given.
  package func has(_ index: Int) -> Bool { given.indices.contains(index) && given[index] != nil }

  /// An input as whole numbers in main memory, such as sizes or axes; nil where it is left out.
  package func integers(_ index: Int) throws -> [Int]? {
    if constants.indices.contains(index), let values = constants[index]?.integers {
      return values
    }
    return has(index) ? try given[index]?.ints() : nil
  }

  /// An input as Double in main memory, such as scales or thresholds; nil where it is left out.
  package func doubles(_ index: Int) throws -> [Double]? {
    if constants.indices.contains(index), let known = constants[index], known.type == .float32 {
      return known.floats?.map(Double.init)
    }
    return has(index) ? try given[index]?.doubles() : nil
  }

  /// How many outputs the node asks for.
  package var outputCount: Int { node.outputs.count }
}
