package import Graphs
import Tensors

/// Nonlinear functions between layers.
package enum Activation {
  static let operators: [Operator] = plain + shaped + [prelu, dropout]

  /// Functions without attributes.
  private static let plain: [Operator] = [
    .elementwise(
      "HardSwish",
      "hardswish",
      quantization: .activation,
      fusing: .named("hardswish")
    ),
    .elementwise("Mish", "mish", quantization: .activation),
    .elementwise(
      "Relu",
      "relu",
      quantization: .activation,
      traits: [.clips, .homogeneous, .rectifies],
      fusing: .named("relu")
    ),
    .elementwise(
      "Sigmoid",
      "sigmoid",
      quantization: .activation,
      traits: .isLogistic,
      fusing: .named("sigmoid")
    ),
    .elementwise("Softplus", "softplus"),
    .elementwise("Softsign") { x, _ in
      try x / (x.abs() + 1)
    },
    .elementwise(
      "Tanh",
      "tanh",
      quantization: .activation,
      fusing: .named("tanh")
    ),
  ]

  /// Functions whose attributes change their shape.
  private static let shaped: [Operator] = [
    .elementwise("Celu") { x, node in
      try ATen.one("celu", x, double(node, "alpha", 1))
    },
    .elementwise("Elu", quantization: .activation) { x, node in
      try ATen.one("elu", x, double(node, "alpha", 1))
    },
    .elementwise(
      "Gelu",
      quantization: .activation,
      fusing: FusingRule {
        FusedActivation("gelu", algorithm: $0.string("approximate", default: "none"))
      }
    ) { x, node in
      try ATen.one("gelu", x, node.string("approximate", default: "none"))
    },
    .elementwise(
      "HardSigmoid",
      quantization: .activation,
      fusing: FusingRule { node in
        // oneDNN has the one slope that networks use.
        guard abs(node.float("alpha", default: 0.2) - 1 / 6) < 1e-6,
          node.float("beta", default: 0.5) == 0.5
        else { return nil }
        return FusedActivation("hardsigmoid")
      }
    ) { x, node in
      let line = try x * double(node, "alpha", 0.2)
      return try (line + double(node, "beta", 0.5)).clamped(min: 0, max: 1)
    },
    .elementwise(
      "LeakyRelu",
      quantization: .activation,
      traits: .homogeneous,
      fusing: FusingRule { FusedActivation("leaky_relu", [double($0, "alpha", 0.01)]) }
    ) { x, node in
      try ATen.one("leaky_relu", x, double(node, "alpha", 0.01))
    },
    .elementwise("Selu") { x, node in
      try ATen.one(
        "elu",
        x,
        double(node, "alpha", 1.67326319217681884765625),
        double(node, "gamma", 1.05070102214813232421875)
      )
    },
    .elementwise("Shrink") { x, node in
      let (lambda, bias) = (double(node, "lambd", 0.5), double(node, "bias", 0))
      let zero = try Tensor.zeros(like: x)
      let above = try x - bias
      let below = try x + bias
      let upper = try (x .> lambda).choosing(above, otherwise: zero)
      return try (x .< -lambda).choosing(below, otherwise: upper)
    },
    .elementwise(
      "Swish",
      quantization: .activation,
      fusing: FusingRule { $0.float("alpha", default: 1) == 1 ? .swish : nil }
    ) { x, node in
      let alpha = double(node, "alpha", 1)
      if alpha == 1 { return try ATen.one("silu", x) }
      return try x * (x * alpha).sigmoid()
    },
    .elementwise("ThresholdedRelu") { x, node in
      try ATen.one("threshold", x, double(node, "alpha", 1), 0)
    },
  ]

  /// The slope broadcasts to the input, not the other way round.
  private static let prelu = Operator(
    "PRelu",
    shapes: ShapeRules.same(),
    channels: .perChannelSlope,
    quantization: .activation,
    parameters: [1: .slope],
    traits: .homogeneous
  ) { call in
    let x = try call.input(0)
    let slope = try call.input(1)
    if x.dtype.isFloatingPoint { return [try ATen.one("_prelu_kernel", x, slope)] }
    let result = try Unsigned.widened([x, slope]) {
      let scaled = try $0[0] * $0[1]
      return try ($0[0] .>= 0).choosing($0[0], otherwise: scaled)
    }
    return [result]
  }

  /// Passes its input on, unless a session trains or the node asks for it; then drops with libtorch's generator.
  private static let dropout = Operator(
    "Dropout",
    shapes: { call throws(OperatorError) in
      let x = try call.input(0)
      return [
        ValueFacts(element: x.element, sizes: x.sizes), ValueFacts(element: .bool, sizes: x.sizes),
      ]
    },
    channels: .passThrough,
    traits: .drawsRandom,
    upgrades: [
      Upgrade(to: 10) { node, _ in
        // Before 10 the mask had the input's type; nothing reads it in inference.
        [node]
      },
      Upgrade(to: 12) { node, scope in
        var node = node
        let ratio = node.float("ratio", default: 0.5)
        node.attributes["ratio"] = nil
        node.inputs = [node.inputs[0], scope.add(Constant([ratio], shape: []), hint: "ratio")]
        return [node]
      },
    ],
    downgrades: [
      Downgrade(below: 12) { (node, scope) throws(OperatorError) in
        let trains = node.input(2).map { scope.constant($0)?.integers?.first }
        let ratio = node.input(1).map { scope.constant($0)?.scalar }
        guard trains == nil || trains == .some(0), ratio != .some(nil) else {
          throw .unsupported("ratio and mode as inputs came with opset 12")
        }
        var older = node
        older.dropInputs(from: 1)
        if case .some(.some(let ratio)) = ratio { older.attributes["ratio"] = .float(Float(ratio)) }
        return older
      },
      Downgrade(below: 10) { (node, _) throws(OperatorError) in
        guard node.output(1) == nil else {
          throw .unsupported("a mask of bool came with opset 10")
        }
        return node
      },
    ]
  ) { call in
    let x = try call.input(0)
    let drops = try call.isTraining || call.integers(2)?.first == 1
    let ratio = try call.doubles(1)?.first ?? 0.5
    if drops && ratio > 0 {
      return try ATen.many("native_dropout", "", x, ratio, true).map(Optional.some)
    }
    let wantsMask = call.node.output(1) != nil
    return [x, wantsMask ? try ATen.one("ones_like", x, DType.bool) : nil]
  }

  /// Whether two nodes are the sigmoid of x and its product with another value, which is x · sigmoid(x) if that is x.
  package static func isSwish(_ sigmoid: Node, _ product: Node) -> Bool {
    guard sigmoid.isStandard, sigmoid.op == "Sigmoid", product.isStandard, product.op == "Mul",
      let gate = sigmoid.output(0)
    else { return false }
    return product.inputs.contains(gate)
  }

  private static func double(_ node: Node, _ name: String, _ fallback: Float) -> Double {
    Double(node.float(name, default: fallback))
  }
}
