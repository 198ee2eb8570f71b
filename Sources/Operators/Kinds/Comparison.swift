import Graphs
import Tensors

/// Relations, logic and choice.
package enum Comparison {
  static let operators: [Operator] =
    relations + logic + [isInfinite, choice]

  private static let relations: [Operator] = [
    relation("Equal", "eq", "Tensor") { $0 == $1 },
    relation("Greater", "gt", "Tensor") { $0 > $1 },
    relation("GreaterOrEqual", "ge", "Tensor") { $0 >= $1 },
    relation("Less", "lt", "Tensor") { $0 < $1 },
    relation("LessOrEqual", "le", "Tensor") { $0 <= $1 },
  ]

  private static let logic: [Operator] = [
    relation("And", "logical_and", "") { $0 != 0 && $1 != 0 },
    relation("Or", "logical_or", "") { $0 != 0 || $1 != 0 },
    relation("Xor", "logical_xor", "") { ($0 != 0) != ($1 != 0) },
    .elementwise(
      "Not",
      "logical_not",
      shapes: ShapeRules.folding(ShapeRules.same()) { _, values in
        values.first?.mapped(whole: { 1 - $0 })
      }
    ),
    .elementwise("IsNaN", "isnan", shapes: ShapeRules.sameSizes(.bool)),
  ]

  private static func relation(
    _ name: String,
    _ aten: String,
    _ overload: String,
    _ holds: @escaping @Sendable (Double, Double) -> Bool
  ) -> Operator {
    .binary(name, element: .bool, fold: { $0.compared(with: $1, holds) }) { a, b, _ in
      try ATen.one(aten, overload, a, b)
    }
  }

  private static let isInfinite = Operator.elementwise(
    "IsInf",
    shapes: ShapeRules.sameSizes(.bool)
  ) { x, node in
    switch (node.int("detect_negative", default: 1), node.int("detect_positive", default: 1)) {
    case (0, 0): try ATen.one("zeros_like", x, DType.bool)
    case (0, _): try ATen.one("isposinf", x)
    case (_, 0): try ATen.one("isneginf", x)
    default: try ATen.one("isinf", x)
    }
  }

  private static let choice = Operator(
    "Where",
    shapes: { call throws(OperatorError) in
      let element = try call.input(1).element
      var facts = ValueFacts(element: element, sizes: try call.broadcastSizes())
      if let values = call.smallInputs, values.count == 3, let shape = facts.shape,
        shape.reduce(1, *) <= SmallValue.limit,
        let condition = values[0].broadcast(to: shape).integers,
        let elements = SmallValue.joining(values[1...].map { $0.broadcast(to: shape) })
      {
        let both = SmallValue(
          type: values[1].type,
          shape: [2 * condition.count],
          elements: elements
        )
        let positions = condition.enumerated().map {
          $0.element != 0 ? $0.offset : $0.offset + condition.count
        }
        facts.value = both.picking(positions, shape: shape).constant
      }
      return [facts]
    },
    channels: .elementwise
  ) { call in
    let condition = try call.input(0)
    let result = try Unsigned.reinterpreted([try call.input(1), try call.input(2)]) {
      try condition.choosing($0[0], otherwise: $0[1])
    }
    return [result]
  }
}
