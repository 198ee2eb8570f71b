import Graphs
import Tensors

/// The branches of a graph's nodes, laid out when they are first taken.
final class Branches {
  private let operators: OperatorSet
  private let device: Device
  private var table: [Key: Branch] = [:]

  private struct Key: Hashable {
    let node: Int
    let attribute: String
  }

  /// A branch ready to execute.
  private final class Branch {
    let layout: Layout
    let steps: [Step]
    let nested: Branches
    /// The step after which each slot is read no more.
    let lastUse: [Int]
    var constants: [Tensor?]

    init(_ graph: Graph, operators: OperatorSet, device: Device) throws {
      layout = Layout(graph)
      steps = layout.plainSteps(operators)
      nested = Branches(operators: operators, device: device)
      constants = try layout.constants.map { try $0?.tensor(beside: device) }
      var last = [Int](repeating: -1, count: layout.names.count)
      for (index, step) in steps.enumerated() {
        for slot in step.reads where slot >= 0 { last[slot] = index }
      }
      for slot in layout.outputs { last[slot] = .max }
      lastUse = last
    }
  }

  init(operators: OperatorSet, device: Device) {
    self.operators = operators
    self.device = device
  }

  /// Executes the branch in `attribute` of a node; `outer` gives the values around it.
  func run(
    _ node: Node,
    index: Int,
    attribute: String,
    arguments: [Tensor?],
    isTraining: Bool,
    outer: (String) throws -> Tensor?
  ) throws -> [Tensor?] {
    let key = Key(node: index, attribute: attribute)
    let branch: Branch
    if let known = table[key] {
      branch = known
    } else {
      guard let graph = node.graph(attribute) else {
        throw OperatorError.unsupported("no branch '\(attribute)'")
      }
      branch = try Branch(graph, operators: operators, device: device)
      table[key] = branch
    }
    return try run(branch, arguments: arguments, isTraining: isTraining, outer: outer)
  }

  private func run(
    _ branch: Branch,
    arguments: [Tensor?],
    isTraining: Bool,
    outer: (String) throws -> Tensor?
  ) throws -> [Tensor?] {
    let layout = branch.layout
    var slots = branch.constants
    for slot in layout.captured { slots[slot] = try outer(layout.names[slot]) }
    for (slot, argument) in zip(layout.inputs, arguments) { slots[slot] = argument }
    for (index, step) in branch.steps.enumerated() {
      let node = layout.graph.nodes[index]
      try withoutActuallyEscaping({ (attribute: String, arguments: [Tensor?]) -> [Tensor?] in
        try branch.nested.run(
          node,
          index: index,
          attribute: attribute,
          arguments: arguments,
          isTraining: isTraining
        ) { name in
          if let slot = layout.slots[name], let tensor = slots[slot] { return tensor }
          return try outer(name)
        }
      }) { nested in
        let call = KernelCall(
          node: node,
          inputs: step.reads.prefix(node.inputs.count).map { $0 < 0 ? nil : slots[$0] },
          constants: step.reads.map {
            $0 < 0 || layout.inputs.contains($0) ? nil : layout.constants[$0]
          },
          isTraining: isTraining,
          branch: nested
        )
        let made = try step.run(call)
        for (slot, tensor) in zip(step.makes, made) where slot >= 0 { slots[slot] = tensor }
      }
      for slot in step.reads where slot >= 0 && branch.lastUse[slot] == index {
        slots[slot] = nil
      }
    }
    return layout.outputs.map { slots[$0] }
  }
}

extension Step {
  /// Executes a plain step; errors name the node.
  func run(_ call: KernelCall) throws -> [Tensor?] {
    do {
      switch action {
      case .kernel(let kernel): return try kernel(call).map { try $0?.settled() }
      case .missing(let error): throw error
      case .fused: throw OperatorError.unsupported("a fused step inside a branch")
      }
    } catch let error as OperatorError {
      throw OperatorError.at(node: call.node.label, error)
    } catch {
      throw OperatorError.at(node: call.node.label, .runtime("\(error)"))
    }
  }
}
