import Graphs
import Tensors

extension Operator {
  /// An operator whose one output has the sizes and type of its one input, computed element by element.
  static func elementwise(
    _ name: String,
    shapes: @escaping ShapeRule = ShapeRules.same(),
    quantization: QuantizationRule = .float,
    traits: OperatorTraits = [],
    fusing: FusingRule? = nil,
    upgrades: [Upgrade] = [],
    _ compute: @escaping @Sendable (Tensor, Node) throws -> Tensor
  ) -> Operator {
    Operator(
      name,
      shapes: shapes,
      channels: .passThrough,
      quantization: quantization,
      traits: traits,
      fusing: fusing,
      upgrades: upgrades
    ) { call in
      let x = try call.input(0)
      return [try Unsigned.widened([x]) { try compute($0[0], call.node) }]
    }
  }

  /// An elementwise operator that ATen has, without attributes.
  static func elementwise(
    _ name: String,
    _ aten: String,
    shapes: @escaping ShapeRule = ShapeRules.same(),
    quantization: QuantizationRule = .float,
    traits: OperatorTraits = [],
    fusing: FusingRule? = nil
  ) -> Operator {
    .elementwise(
      name,
      shapes: shapes,
      quantization: quantization,
      traits: traits,
      fusing: fusing
    ) { x, _ in try ATen.one(aten, x) }
  }

  /// An operator of two inputs that broadcast, with the value that analysis gives small known inputs.
  static func binary(
    _ name: String,
    element: ElementType? = nil,
    quantization: QuantizationRule = .float,
    traits: OperatorTraits = [],
    fold: @escaping @Sendable (SmallValue, SmallValue) -> SmallValue? = { _, _ in nil },
    _ compute: @escaping @Sendable (Tensor, Tensor, Node) throws -> Tensor
  ) -> Operator {
    Operator(
      name,
      shapes: ShapeRules.folding(ShapeRules.broadcast(element: element)) { _, values in
        values.count == 2 ? fold(values[0], values[1]) : nil
      },
      channels: .elementwise,
      quantization: quantization,
      traits: traits
    ) { call in
      let pair = [try call.input(0), try call.input(1)]
      let result = try Unsigned.widened(pair, restoring: element == nil) {
        try compute($0[0], $0[1], call.node)
      }
      return [result]
    }
  }
}
