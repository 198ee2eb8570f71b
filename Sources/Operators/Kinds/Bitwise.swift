import Graphs
import Tensors

/// Operations on the bits of whole numbers.
package enum Bitwise {
  static let operators: [Operator] = [
    .binary("BitwiseAnd") { a, b, _ in try ATen.one("bitwise_and", "Tensor", a, b) },
    .elementwise("BitwiseNot", "bitwise_not"),
    .binary("BitwiseOr") { a, b, _ in try ATen.one("bitwise_or", "Tensor", a, b) },
    .binary("BitwiseXor") { a, b, _ in try ATen.one("bitwise_xor", "Tensor", a, b) },
    .binary("BitShift") { a, b, node in
      node.string("direction", default: "LEFT") == "LEFT"
        ? try ATen.one("bitwise_left_shift", "Tensor", a, b)
        : try ATen.one("bitwise_right_shift", "Tensor", a, b)
    },
  ]
}
