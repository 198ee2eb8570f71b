import Graphs
import Tensors

/// What is executed at once: one node, or several that were fused.
struct Step {
  /// The nodes that the step stands for, by index.
  let nodes: [Int]
  /// Slots read; -1 where an input is left out.
  let reads: [Int]
  /// Slots made; -1 where nobody wants an output.
  let makes: [Int]
  /// How the step executes.
  let action: Action

  enum Action {
    /// The node's own kernel.
    case kernel(Kernel)
    /// Several nodes in one.
    case fused(any FusedStep)
    /// No kernel: an error as soon as the step is needed.
    case missing(OperatorError)
  }
}

/// Several nodes that execute as one, with whatever they prepared from their constants.
protocol FusedStep: AnyObject {
  /// Executes with the tensors of the step's slots. `stamps` tell whether a constant is the one prepared from.
  func execute(_ inputs: [Tensor?], stamps: [Int]) throws -> [Tensor?]
  /// Multiply-adds of the nodes.
  func cost(_ inputs: [Tensor?], _ made: [Tensor?]) -> Int
}

extension Layout {
  /// One step a node.
  func plainSteps(_ operators: OperatorSet) -> [Step] {
    graph.nodes.indices.map { plainStep($0, operators) }
  }

  /// The step of one node by itself.
  func plainStep(_ index: Int, _ operators: OperatorSet) -> Step {
    let node = graph.nodes[index]
    let action: Step.Action =
      if let entry = operators[node] {
        if let kernel = entry.kernel {
          .kernel(kernel)
        } else {
          .missing(.unsupported("operator '\(node.op)' can be analysed, but not executed"))
        }
      } else {
        .missing(.unknownOperator(node.op, domain: node.domain))
      }
    return Step(nodes: [index], reads: reads[index], makes: makes[index], action: action)
  }
}

extension Step {
  /// Inputs of one floating type: where a node of its own reads narrow values beside wide ones, the narrow are widened.
  func alike(_ inputs: [Tensor?]) throws -> [Tensor?] {
    if case .fused = action { return inputs }
    let isWide = inputs.contains { $0?.dtype == .float32 }
    guard isWide else { return inputs }
    return try inputs.map { tensor in
      guard let tensor, tensor.dtype.isFloatingPoint, tensor.dtype.byteCount < 4 else {
        return tensor
      }
      return try tensor.converted(to: .float32)
    }
  }
}
