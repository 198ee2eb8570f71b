import Graphs
import Tensors

/// Sums, products, quotients, powers, extremes.
package enum Arithmetic {
  static let operators: [Operator] = [add, clip, div, max, mean, min, mod, mul, pow, sub, sum]

  private static let add = Operator.binary(
    "Add",
    quantization: .arithmetic,
    traits: .adds,
    fold: { $0.combined(with: $1, whole: { $0 &+ $1 }, real: { $0 + $1 }) }
  ) { a, b, _ in try a + b }

  private static let sub = Operator.binary(
    "Sub",
    fold: { $0.combined(with: $1, whole: { $0 &- $1 }, real: { $0 - $1 }) }
  ) { a, b, _ in try a - b }

  private static let mul = Operator.binary(
    "Mul",
    quantization: .arithmetic,
    fold: { $0.combined(with: $1, whole: { $0 &* $1 }, real: { $0 * $1 }) }
  ) { a, b, _ in try a * b }

  /// Whole numbers are divided towards zero.
  private static let div = Operator.binary(
    "Div",
    fold: {
      $0.combined(
        with: $1,
        whole: { $1 == 0 || ($1 == -1 && $0 == .min) ? nil : $0 / $1 },
        real: { $0 / $1 }
      )
    }
  ) { a, b, _ in
    a.dtype.isFloatingPoint
      ? try a / b : try ATen.one("div", "Tensor_mode", a, b, "trunc")
  }

  /// The remainder has the divisor's sign, with `fmod` the dividend's.
  private static let mod = Operator(
    "Mod",
    shapes: ShapeRules.folding(ShapeRules.broadcast()) { node, values in
      let truncates = node.int("fmod", default: 0) == 1
      return values.count != 2
        ? nil
        : values[0].combined(
          with: values[1],
          whole: {
            guard $1 != 0, $1 != -1 else { return $1 == 0 ? nil : 0 }
            return truncates ? $0 % $1 : ($0 % $1 + $1) % $1
          }
        )
    },
    channels: .elementwise,
    downgrades: [
      Downgrade(below: 28) { (node, scope) throws(OperatorError) in
        let isReal =
          node.input(0).map { scope.facts($0).element?.isFloatingPoint ?? false } ?? false
        guard !isReal || node.int("fmod", default: 0) == 1 else {
          throw .unsupported("remainders of fractions with the divisor's sign came with opset 28")
        }
        return node
      }
    ]
  ) { call in
    let name = call.node.int("fmod", default: 0) == 1 ? "fmod" : "remainder"
    let pair = [try call.input(0), try call.input(1)]
    return [try Unsigned.widened(pair) { try ATen.one(name, "Tensor", $0[0], $0[1]) }]
  }

  /// Base and exponent may differ in type; the result has the base's.
  private static let pow = Operator(
    "Pow",
    shapes: ShapeRules.folding(ShapeRules.broadcast()) { _, values in
      guard values.count == 2, values[1].reals == [2] else { return nil }
      return values[0].mapped(whole: { $0 &* $0 }, real: { $0 * $0 })
    },
    channels: .elementwise
  ) { call in
    let base = try call.input(0)
    let exponent = try call.input(1)
    let result = try Unsigned.widened([base], restoring: false) { base in
      try Unsigned.widened([exponent], restoring: false) { exponent in
        try ATen.one("pow", "Tensor_Tensor", base[0], exponent[0])
      }
    }
    return [try result.cast(to: base.dtype)]
  }

  private static let max = variadic(
    "Max",
    fold: { $0.combined(with: $1, whole: { Swift.max($0, $1) }, real: { Swift.max($0, $1) }) }
  ) { try $0.maximum($1) }

  private static let min = variadic(
    "Min",
    fold: { $0.combined(with: $1, whole: { Swift.min($0, $1) }, real: { Swift.min($0, $1) }) }
  ) { try $0.minimum($1) }

  private static let sum = variadic("Sum") { try $0 + $1 }

  private static let mean = variadic(
    "Mean",
    finish: { try $0 / $1 }
  ) { try $0 + $1 }

  /// An operator that joins any number of inputs two by two; `finish` gets the result and that number.
  private static func variadic(
    _ name: String,
    fold: @escaping @Sendable (SmallValue, SmallValue) -> SmallValue? = { _, _ in nil },
    finish: @escaping @Sendable (Tensor, Int) throws -> Tensor = { result, _ in result },
    _ compute: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
  ) -> Operator {
    Operator(
      name,
      shapes: ShapeRules.folding(ShapeRules.broadcast()) { _, values in
        values.dropFirst().reduce(values.first) { joined, next in
          joined.flatMap { fold($0, next) }
        }
      },
      channels: .elementwise,
      downgrades: [
        Downgrade(below: 8) { (node, scope) throws(OperatorError) in
          let shapes = Set(node.inputs.map { scope.facts($0).shape })
          guard shapes.count == 1, shapes.first != .some(nil) else {
            throw .unsupported("inputs of unlike shapes came with opset 8")
          }
          return node
        }
      ]
    ) { call in
      let inputs = try call.inputs.compactMap(\.self)
      let result = try Unsigned.widened(inputs) { inputs in
        guard let first = inputs.first else { throw OperatorError.missingInput(0) }
        let joined = try inputs.dropFirst().reduce(first) { try compute($0, $1) }
        return try finish(joined, inputs.count)
      }
      return [result]
    }
  }

  /// Bounds are inputs from 11 on; each may be left out.
  private static let clip = Operator(
    "Clip",
    shapes: ShapeRules.same(),
    channels: .passThrough,
    quantization: .activation,
    traits: [.clips, .isSteered],
    fusing: .always(FusedActivation("hardtanh", takesBounds: true)),
    upgrades: [
      Upgrade(to: 11) { node, scope in
        var node = node
        for (index, bound) in ["min", "max"].enumerated() {
          guard let value = node.float(bound) else { continue }
          while node.inputs.count <= index + 1 { node.inputs.append("") }
          node.inputs[index + 1] = scope.add(Constant([value], shape: []), hint: bound)
          node.attributes[bound] = nil
        }
        return [node]
      }
    ],
    downgrades: [
      Downgrade(below: 11) { (node, scope) throws(OperatorError) in
        var older = node
        for (index, bound) in ["min", "max"].enumerated() {
          guard let name = node.input(index + 1) else { continue }
          guard let value = scope.constant(name)?.scalar else {
            throw .unsupported("'\(name)' is computed, and opset 11 made bounds inputs")
          }
          older.attributes[bound] = .float(Float(value))
        }
        older.dropInputs(from: 1)
        return older
      }
    ]
  ) { call in
    let x = try call.input(0)
    let low = try call.optional(1)?.cast(to: x.dtype)
    let high = try call.optional(2)?.cast(to: x.dtype)
    if low == nil && high == nil { return [x] }
    let given = [x, low, high].compactMap(\.self)
    let result = try Unsigned.widened(given) {
      try ATen.one(
        "clamp",
        "Tensor",
        $0[0],
        low == nil ? nil : $0[1],
        high == nil ? nil : $0[$0.count - 1]
      )
    }
    return [result]
  }
}
