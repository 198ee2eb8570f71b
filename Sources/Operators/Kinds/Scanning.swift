import Graphs
import Tensors

/// Running sums and products, and functions that weigh the elements of an axis against each other.
package enum Scanning {
  static let operators: [Operator] = [
    running("CumProd", "cumprod", neutral: 1),
    running("CumSum", "cumsum", neutral: 0),
    along("Hardmax", [flattened]) { x, axis in
      let index = try ATen.one("argmax", x, axis, true)
      let zeros = try Tensor.zeros(like: x)
      return try ATen.one("scatter", "value", zeros, axis, index, 1)
    },
    along("LogSoftmax", [flattened]) { x, axis in try x.logSoftmax(along: axis) },
    along("Softmax", traits: .distributes, [flattened]) { x, axis in
      try x.softmax(along: axis)
    },
  ]

  private static func running(
    _ name: String,
    _ aten: String,
    neutral: Double
  ) -> Operator {
    Operator(name, shapes: ShapeRules.same(), channels: .alongGivenAxis) { call in
      let x = try call.input(0)
      let axis = try ShapeRules.axis(try call.integers(1)?.first ?? 0, rank: x.rank)
      let backward = call.node.int("reverse", default: 0) == 1
      let result = try Unsigned.widened([x]) {
        var steps = backward ? try ATen.one("flip", $0[0], [axis]) : $0[0]
        if call.node.int("exclusive", default: 0) == 1, x.shape[axis] > 0 {
          var edge = x.shape
          edge[axis] = 1
          let first = try Tensor.full(edge, neutral, dtype: steps.dtype, device: steps.device)
          let rest = try steps.narrowed(along: axis, from: 0, count: x.shape[axis] - 1)
          steps = try Tensor.concatenated([first, rest], along: axis)
        }
        let total = try ATen.one(aten, steps, axis, steps.dtype)
        return backward ? try ATen.one("flip", total, [axis]) : total
      }
      return [result]
    }
  }

  private static func along(
    _ name: String,
    traits: OperatorTraits = [],
    _ upgrades: [Upgrade],
    _ compute: @escaping @Sendable (Tensor, Int) throws -> Tensor
  ) -> Operator {
    Operator(
      name,
      shapes: ShapeRules.same(),
      channels: .alongAxis,
      traits: traits,
      upgrades: upgrades,
      downgrades: [ofLastAxis]
    ) { call in
      let x = try call.input(0)
      let axis = try ShapeRules.axis(call.node.int("axis", default: -1), rank: x.rank)
      return [try compute(x, axis)]
    }
  }

  /// Along the last axis both forms say the same.
  private static let ofLastAxis = Downgrade(below: 13) { (node, scope) throws(OperatorError) in
    let axis = node.int("axis", default: -1)
    guard axis == -1 || scope.rank(node.input(0)).map({ axis == $0 - 1 }) == true else {
      throw .unsupported("softmax along an axis that is not the last came with opset 13")
    }
    var older = node
    older.attributes["axis"] = .int(axis)
    return older
  }

  /// Before 13 all axes from `axis` (1 by default) on were taken as one.
  private static let flattened = Upgrade(to: 13) { node, scope in
    var node = node
    let axis = node.int("axis", default: 1)
    if axis == -1 || scope.rank(node.inputs[0]).map({ axis == $0 - 1 }) == true {
      node.attributes["axis"] = .int(-1)
      return [node]
    }
    let (x, y) = (node.inputs[0], node.outputs[0])
    let shape = scope.fresh("\(y)_shape")
    let flat = scope.fresh("\(x)_flat")
    let result = scope.fresh("\(y)_flat")
    node.attributes["axis"] = .int(-1)
    node.inputs = [flat]
    node.outputs = [result]
    return [
      Node("Shape", inputs: [x], outputs: [shape]),
      Node("Flatten", inputs: [x], outputs: [flat], attributes: ["axis": .int(axis)]),
      node,
      Node("Reshape", inputs: [result, shape], outputs: [y]),
    ]
  }
}
