import Graphs
import Tensors

/// Operations on the bits of whole numbers.
package enum Bitwise {
  static let operators: [Operator] = [
    .binary("BitwiseAnd", since: 18) { a, b, _ in try ATen.one("bitwise_and", "Tensor", a, b) },
    .elementwise("BitwiseNot", "bitwise_not", since: 18),
    .binary("BitwiseOr", since: 18) { a, b, _ in try ATen.one("bitwise_or", "Tensor", a, b) },
    .binary("BitwiseXor", since: 18) { a, b, _ in try ATen.one("bitwise_xor", "Tensor", a, b) },
    .binary("BitShift", since: 11) { a, b, node in
      node.string("direction", default: "LEFT") == "LEFT"
        ? try ATen.one("bitwise_left_shift", "Tensor", a, b)
        : try ATen.one("bitwise_right_shift", "Tensor", a, b)
    },
  ]
}
