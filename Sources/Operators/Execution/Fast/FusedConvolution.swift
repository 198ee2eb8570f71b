import Graphs
import Tensors

/// A convolution over images with what follows it: batch norm folded into the weights, a sum with another value,
/// and an activation, in one call of oneDNN with weights packed once.
final class FusedConvolution: FusedStep {
  /// The places of the step's inputs, by what they are for.
  struct Inputs {
    var image = 0
    var weight = 1
    var bias: Int?
    /// The first of scale, shift, mean and variance.
    var statistics: Int?
    var addend: Int?
  }

  /// Whether this torch has oneDNN.
  static var isAvailable: Bool {
    (try? ATenOperator("mkldnn::_convolution_pointwise")) != nil
  }

  private let inputs: Inputs
  private let epsilon: Double
  private let activation: FusedActivation?
  private let window: Window
  private let groups: Int
  private var packed: Packed?

  /// Weights in oneDNN's order, for the constants and the image size that they were made from.
  private struct Packed {
    let stamps: [Int]
    let imageShape: [Int]
    let weight: Tensor
    let weightShape: [Int]
    let bias: Tensor?
  }

  init(
    _ convolution: Node,
    inputs: Inputs,
    weightShape: [Int],
    epsilon: Double,
    activation: FusedActivation?
  ) throws(OperatorError) {
    self.inputs = inputs
    self.epsilon = epsilon
    self.activation = activation
    window = try Window(convolution, kernel: Array(weightShape[2...]))
    groups = convolution.int("group", default: 1)
  }

  func execute(_ tensors: [Tensor?], stamps: [Int]) throws -> [Tensor?] {
    guard let given = tensors[inputs.image] else { throw OperatorError.missingInput(0) }
    let image = given.isChannelsLast ? given : try Self.channelsLast(given)
    let (padded, pads) = try Convolution.evenPads(image, window, value: 0)
    let packed = try packed(tensors, stamps: stamps, imageShape: padded.shape, pads: pads)
    guard let place = inputs.addend, let addend = tensors[place] else {
      return [try convolve(padded, packed, pads, activation)]
    }
    let shape =
      [image.shape[0], packed.weightShape[0]]
      + (0..<2).map { window.output(image.shape[$0 + 2], axis: $0) }
    guard addend.shape == shape, addend.dtype == .float32 else {
      // The sum broadcasts.
      let sum = try ATen.one("add", "Tensor", convolve(padded, packed, pads, nil), addend)
      return [try activation?.apply(sum) ?? sum]
    }
    let other = addend.isChannelsLast ? addend : try Self.channelsLast(addend)
    return [
      try ATen.one(
        "mkldnn::_convolution_pointwise",
        "binary",
        padded,
        other,
        packed.weight,
        packed.bias,
        pads,
        window.strides,
        window.dilations,
        groups,
        "add",
        ATenValue.none,
        activation?.name,
        ATenValue.doubles(activation?.scalars ?? []),
        ATenValue.none
      )
    ]
  }

  private func convolve(
    _ image: Tensor,
    _ packed: Packed,
    _ pads: [Int],
    _ activation: FusedActivation?
  ) throws -> Tensor {
    try ATen.one(
      "mkldnn::_convolution_pointwise",
      "",
      image,
      packed.weight,
      packed.bias,
      pads,
      window.strides,
      window.dilations,
      groups,
      activation?.name ?? "none",
      ATenValue.doubles(activation?.scalars ?? []),
      ATenValue.none
    )
  }

  func cost(_ tensors: [Tensor?], _ made: [Tensor?]) -> Int {
    guard let output = made.first ?? nil, let packed else { return 0 }
    return output.count * packed.weightShape.dropFirst().reduce(1, *)
  }

  private static func channelsLast(_ tensor: Tensor) throws -> Tensor {
    try ATen.one("contiguous", tensor, MemoryFormat.channelsLast)
  }

  // MARK: Packing

  private func packed(
    _ tensors: [Tensor?],
    stamps: [Int],
    imageShape: [Int],
    pads: [Int]
  ) throws -> Packed {
    let constants = constantPlaces.map { stamps[$0] }
    if let packed, packed.stamps == constants, packed.imageShape == imageShape { return packed }
    guard let weight = tensors[inputs.weight] else { throw OperatorError.missingInput(1) }
    let (folded, bias) = try folded(weight, tensors)
    let opaque = try ATen.one("to_mkldnn", folded)
    let reordered = try ATen.one(
      "mkldnn_reorder_conv2d_weight",
      opaque,
      pads,
      window.strides,
      window.dilations,
      groups,
      imageShape
    )
    let made = Packed(
      stamps: constants,
      imageShape: imageShape,
      weight: reordered,
      weightShape: weight.shape,
      bias: bias
    )
    packed = made
    return made
  }

  private var constantPlaces: [Int] {
    [inputs.weight] + (inputs.bias.map { [$0] } ?? [])
      + (inputs.statistics.map { Array($0..<$0 + 4) } ?? [])
  }

  /// Weight and bias with batch norm's scale and shift multiplied in, computed in Double.
  private func folded(_ weight: Tensor, _ tensors: [Tensor?]) throws -> (Tensor, Tensor?) {
    let bias = inputs.bias.flatMap { tensors[$0] }
    guard let first = inputs.statistics else { return (weight, bias) }
    let parameters = try (0..<4).map { offset in
      guard let tensor = tensors[first + offset] else {
        throw OperatorError.missingInput(offset + 1)
      }
      return try tensor.converted(to: .float64)
    }
    let deviation = try ATen.one("sqrt", ATen.one("add", "Scalar", parameters[3], epsilon))
    let factor = try ATen.one("div", "Tensor", parameters[0], deviation)
    let shape = [factor.count] + [Int](repeating: 1, count: weight.rank - 1)
    let scaled = try ATen.one(
      "mul",
      "Tensor",
      weight.converted(to: .float64),
      factor.reshaped(shape)
    )
    let offset =
      try bias.map { try ATen.one("sub", "Tensor", $0.converted(to: .float64), parameters[2]) }
      ?? ATen.one("neg", parameters[2])
    let shifted = try ATen.one("addcmul", parameters[1], offset, factor)
    return (try scaled.converted(to: .float32), try shifted.converted(to: .float32))
  }
}

/// An activation that oneDNN applies while it writes a convolution's output.
struct FusedActivation {
  /// torch's name for it.
  let name: String
  let scalars: [Double]

  /// The activation that a node computes of its first input; nil for others.
  init?(_ node: Node, _ constant: (String) -> Constant?) {
    guard node.domain.isEmpty else { return nil }
    switch node.op {
    case "Relu": self.init("relu")
    case "LeakyRelu": self.init("leaky_relu", Double(node.float("alpha", default: 0.01)))
    case "Sigmoid": self.init("sigmoid")
    case "Tanh": self.init("tanh")
    case "HardSwish": self.init("hardswish")
    case "Clip":
      guard let low = node.input(1).flatMap(constant)?.scalar,
        let high = node.input(2).flatMap(constant)?.scalar
      else { return nil }
      self.init("hardtanh", low, high)
    default: return nil
    }
  }

  /// x · sigmoid(x).
  static let swish = FusedActivation("swish")

  /// The activation by itself.
  func apply(_ tensor: Tensor) throws -> Tensor {
    switch name {
    case "leaky_relu": try ATen.one("leaky_relu", tensor, scalars[0])
    case "hardtanh": try ATen.one("hardtanh", tensor, scalars[0], scalars[1])
    case "swish": try ATen.one("silu", tensor)
    default: try ATen.one(name, tensor)
    }
  }

  private init(_ name: String, _ scalars: Double...) {
    self.name = name
    self.scalars = scalars
  }
}
