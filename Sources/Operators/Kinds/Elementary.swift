import Graphs
import Tensors

/// Functions of one element: roots, powers of e, trigonometry, rounding.
package enum Elementary {
  static let operators: [Operator] =
    folded + [
      .elementwise("Acos", "acos"),
      .elementwise("Acosh", "acosh"),
      .elementwise("Asin", "asin"),
      .elementwise("Asinh", "asinh"),
      .elementwise("Atan", "atan"),
      .elementwise("Atanh", "atanh"),
      .elementwise("Cos", "cos"),
      .elementwise("Cosh", "cosh"),
      .elementwise("Erf", "erf"),
      .elementwise("Exp", "exp"),
      .elementwise("Log", "log"),
      .elementwise("Reciprocal", "reciprocal"),
      .elementwise("Sign", "sign"),
      .elementwise("Sin", "sin"),
      .elementwise("Sinh", "sinh"),
      .elementwise("Tan", "tan"),
    ]

  /// The functions that occur where shapes are computed.
  private static let folded: [Operator] = [
    .elementwise("Abs", "abs", shapes: rule(whole: { abs($0) }, real: { abs($0) })),
    .elementwise("Ceil", "ceil", shapes: rule(real: { $0.rounded(.up) })),
    .elementwise("Floor", "floor", shapes: rule(real: { $0.rounded(.down) })),
    .elementwise("Neg", "neg", shapes: rule(whole: { 0 &- $0 }, real: { -$0 })),
    .elementwise("Round", "round", shapes: rule(real: { $0.rounded(.toNearestOrEven) })),
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
