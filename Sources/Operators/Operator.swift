import Graphs
package import Tensors

/// What one ONNX operator means: shape, cost, channel coupling, weights, upgrades and execution, all in one value.
///
/// A family of operators stands in one file under `Kinds/` as an array of these; ``OperatorSet/standard``
/// collects the families. Nodes reach the rules in the form of ``OperatorSet/opset``: the upgrades have
/// turned older forms into it.
package struct Operator: Sendable {
  /// The operator's name, such as `Conv`.
  package let name: String
  /// The operator's domain; empty for ONNX's own.
  package let domain: String
  /// Types and shapes of the outputs, and values where they are small and known.
  package let shapes: ShapeRule
  /// Multiply-adds of one application; parameters and bytes are counted for all operators alike.
  package let cost: CostRule
  /// How a channel of one side shows on the other.
  package let channels: ChannelRule
  /// What quantization may do around the operator.
  package let quantization: QuantizationRule
  /// Where a layer's weight and bias stand; nil for what is no layer.
  package let weights: WeightLayout?
  /// What other inputs hold that training changes, by input.
  package let parameters: [Int: ParameterRole]
  /// What else holds of the operator.
  package let traits: OperatorTraits
  /// How a convolution takes the operator into its own loop; nil where it cannot.
  package let fusing: FusingRule?
  /// True where `axes` and `axis` count the axes of the output, of which the input has fewer.
  package let addsAxes: Bool
  /// How the operator executes; nil where it only has analysis rules.
  package let kernel: Kernel?
  /// Rewritings of older forms, by the opset that introduced the newer form, rising.
  package let upgrades: [Upgrade]
  /// Rewritings into older forms, by the opset that introduced the newer form, falling.
  package let downgrades: [Downgrade]

  package init(
    _ name: String,
    domain: String = "",
    shapes: @escaping ShapeRule,
    cost: @escaping CostRule = CostRules.free,
    channels: ChannelRule = .closed,
    quantization: QuantizationRule = .float,
    weights: WeightLayout? = nil,
    parameters: [Int: ParameterRole] = [:],
    traits: OperatorTraits = [],
    fusing: FusingRule? = nil,
    upgrades: [Upgrade] = [],
    downgrades: [Downgrade] = [],
    addsAxes: Bool = false,
    kernel: Kernel? = nil
  ) {
    self.name = name
    self.domain = domain
    self.shapes = shapes
    self.cost = cost
    self.channels = channels
    self.quantization = quantization
    self.weights = weights
    self.parameters = parameters
    self.traits = traits
    self.fusing = fusing
    self.upgrades = upgrades
    self.downgrades = downgrades
    self.addsAxes = addsAxes
    self.kernel = kernel
  }

  /// What an input holds that training changes; nil where it holds nothing of the kind.
  package func role(of input: Int) -> ParameterRole? {
    weights?.role(of: input) ?? parameters[input]
  }
}

/// Gives the facts of a node's outputs from those of its inputs.
package typealias ShapeRule = @Sendable (ShapeCall) throws(OperatorError) -> [ValueFacts]
/// Gives the multiply-adds of a node.
package typealias CostRule = @Sendable (CostCall) -> Int
/// Executes a node: the inputs' tensors in, one tensor (or nil) an output back.
package typealias Kernel = @Sendable (KernelCall) throws -> [Tensor?]

/// Cost rules that several families share.
package enum CostRules {
  /// No multiply-adds: activations, normalisation, pooling and moving data count as free (facts of the benchmark).
  package static let free: CostRule = { _ in 0 }
}
