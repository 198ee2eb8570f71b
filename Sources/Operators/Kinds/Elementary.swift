import Graphs
import Tensors

/// Functions of one element: roots, powers of e, trigonometry, rounding.
package enum Elementary {
  static let operators: [Operator] =
    folded + [
      .elementwise("Acos", "acos"),
      .elementwise("Acosh", "acosh", since: 9),
      .elementwise("Asin", "asin"),
      .elementwise("Asinh", "asinh", since: 9),
      .elementwise("Atan", "atan"),
      .elementwise("Atanh", "atanh", since: 9),
      .elementwise("Cos", "cos"),
      .elementwise("Cosh", "cosh", since: 9),
      .elementwise("Erf", "erf", since: 9),
      .elementwise("Exp", "exp"),
      .elementwise("Log", "log"),
      .elementwise("Reciprocal", "reciprocal"),
      .elementwise("Sign", "sign", since: 9),
      .elementwise("Sin", "sin"),
      .elementwise("Sinh", "sinh", since: 9),
      .elementwise("Tan", "tan"),
    ]

  /// The functions that occur where shapes are computed.
  private static let folded: [Operator] = [
    .elementwise("Abs", "abs", shapes: rule(whole: { abs($0) }, real: { abs($0) })),
    .elementwise("Ceil", "ceil", shapes: rule(real: { $0.rounded(.up) })),
    .elementwise("Floor", "floor", shapes: rule(real: { $0.rounded(.down) })),
    .elementwise("Neg", "neg", shapes: rule(whole: { 0 &- $0 }, real: { -$0 })),
    .elementwise("Round", "round", since: 11, shapes: rule(real: { $0.rounded(.toNearestOrEven) })),
    .elementwise("Sqrt", "sqrt", shapes: rule(real: { $0.squareRoot() })),
  ]

  private static func rule(
    whole: @escaping @Sendable (Int) -> Int? = { _ in nil },
    real: @escaping @Sendable (Double) -> Double?
  ) -> ShapeRule {
    ShapeRules.folding(ShapeRules.same()) { _, values in
      values.first?.mapped(whole: whole, real: real)
    }
  }
}
