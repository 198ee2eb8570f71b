import Graphs
import Tensors

/// A batch norm by the batch's statistics, with the activation that alone reads it: one operator of the runtime while training.
final class NormalizedActivation: FusedStep {
  private let momentum: Double
  private let epsilon: Double
  /// Of values below zero: 0 for a relu, 1 where no activation follows.
  private let slope: Double

  /// - Parameters:
  ///   - node: the batch norm.
  ///   - slope: the slope of the activation below zero.
  init(_ node: Node, slope: Double) {
    momentum = 1 - Double(node.float("momentum", default: 0.9))
    epsilon = Double(node.float("epsilon", default: 1e-5))
    self.slope = slope
  }

  func execute(_ inputs: [Tensor?], stamps: [Int]) throws -> [Tensor?] {
    // The running statistics are written in place, as torch's own operator does.
    let operands = try inputs.prefix(5).map { (input) throws(OperatorError) in
      guard let input else { throw .mismatch("a batch norm lacks an input") }
      return input
    }
    return [
      try ATen.one(
        "espalier::batch_norm_activation",
        "",
        operands[0],
        operands[1],
        operands[2],
        operands[3],
        operands[4],
        momentum,
        epsilon,
        slope
      )
    ]
  }

  func cost(_ inputs: [Tensor?], _ made: [Tensor?]) -> Int { 0 }
}
