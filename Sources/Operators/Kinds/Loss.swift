import Graphs
import Tensors

/// Losses of class scores against labels.
package enum Loss {
  static let operators: [Operator] = [
    Operator(
      "NegativeLogLikelihoodLoss",
      shapes: { (call) throws(OperatorError) in [try loss(call)] },
      channels: .closed
    ) { call in [try loss(of: try call.input(0), call)] },
    Operator(
      "SoftmaxCrossEntropyLoss",
      shapes: { (call) throws(OperatorError) in
        let scores = try call.input(0)
        return [try loss(call), ValueFacts(element: scores.element, sizes: scores.sizes)]
      },
      channels: .closed
    ) { call in
      let logs = try call.input(0).logSoftmax(along: 1)
      return [try loss(of: logs, call), logs]
    },
  ]

  /// The labels' sizes, or a scalar where the losses are summed up.
  private static func loss(_ call: ShapeCall) throws(OperatorError) -> ValueFacts {
    let element = try call.input(0).element
    guard call.node.string("reduction", default: "mean") == "none" else {
      return ValueFacts(element, [])
    }
    return ValueFacts(element: element, sizes: try call.input(1).sizes)
  }

  /// torch numbers the reductions and ignores a label of -100 where none is named, which no class has.
  private static func loss(of logs: Tensor, _ call: KernelCall) throws -> Tensor {
    let labels = try call.input(1).cast(to: .int64)
    let reductions = ["none": 0, "mean": 1, "sum": 2]
    let name = call.node.string("reduction", default: "mean")
    guard let reduction = reductions[name] else {
      throw OperatorError.unsupported("reduction '\(name)' is not known")
    }
    let ignored = call.node.int("ignore_index", default: -100)
    return try ATen.one("nll_loss_nd", logs, labels, call.optional(2), reduction, ignored)
  }
}
