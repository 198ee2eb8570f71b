import Graphs
import Tensors

/// An activation that oneDNN applies while it writes a convolution's output.
struct FusedActivation {
  /// torch's name for it.
  let name: String
  /// Its numbers, unless they are inputs of the node.
  let scalars: [Double]
  /// Which form of `gelu`.
  let algorithm: String?
  /// Whether the numbers are inputs 1 and 2 of the node, as bounds are; one that is left out is infinite.
  let takesBounds: Bool

  /// The activation that a node computes of its first input; nil for others.
  init?(_ node: Node) {
    guard node.domain.isEmpty || node.domain == "ai.onnx" else { return nil }
    switch node.op {
    case "Relu": self.init("relu")
    case "LeakyRelu": self.init("leaky_relu", [Double(node.float("alpha", default: 0.01))])
    case "Sigmoid": self.init("sigmoid")
    case "Tanh": self.init("tanh")
    case "HardSwish": self.init("hardswish")
    case "HardSigmoid":
      // oneDNN has the one slope that networks use.
      guard abs(node.float("alpha", default: 0.2) - 1 / 6) < 1e-6,
        node.float("beta", default: 0.5) == 0.5
      else { return nil }
      self.init("hardsigmoid")
    case "Swish":
      guard node.float("alpha", default: 1) == 1 else { return nil }
      self = .swish
    case "Gelu":
      self.init("gelu", algorithm: node.string("approximate", default: "none"))
    case "Clip": self.init("hardtanh", takesBounds: true)
    default: return nil
    }
  }

  /// x · sigmoid(x).
  static let swish = FusedActivation("swish")

  private init(
    _ name: String,
    _ scalars: [Double] = [],
    algorithm: String? = nil,
    takesBounds: Bool = false
  ) {
    self.name = name
    self.scalars = scalars
    self.algorithm = algorithm
    self.takesBounds = takesBounds
  }
}
