package import Operators
package import PluginKit

/// What a runtime computes in whole numbers, and where it wants to be told so: rules for placing scales, as data.
package struct QuantizationTarget: Sendable, Hashable {
  /// What becomes of layers whose results leave the network, such as a detector's last convolutions.
  package enum Heads: Sendable, Hashable {
    /// They stay float.
    case float
    /// Inputs and weights are quantized, results stay float.
    case inputs
  }

  /// Which inputs of a sum are quantized.
  package enum Sums: Sendable, Hashable {
    case none
    /// All.
    case all
    /// Those that are not the result of the layer that takes the sum into its own loop.
    case others
  }

  package private(set) var name: String
  /// What activations are stored as.
  package var activation: QuantizationEncoding
  /// Layers whose weights may be quantized.
  package let weighted: Set<WeightLayout.Form>
  /// Whether only activations that clip go along with the layer before them, left out by the range of what is stored.
  ///
  /// Else all do, computed while the layer's result is written. No scale stands between.
  package let fusesByRange: Bool
  /// Rules beside `weighted` of operators that compute in whole numbers.
  package let computes: Set<QuantizationRule>
  /// Whether values that are put together share a scale; else each is brought to the result's on the way.
  package let sharesJoined: Bool
  package let heads: Heads
  package let sums: Sums
  /// Whether a layer runs in whole numbers only where its result is quantized too.
  package let needsResults: Bool
  /// Whether biases are whole numbers, of the product of the scales.
  package let hasWholeBias: Bool
  /// Whether only layers read what is quantized, and all else reads what was there before.
  package let isForLayersOnly: Bool
  /// Whether batch norms are folded into convolutions first.
  package let foldsBatchNorms: Bool
  /// Whether weights have a scale an output channel; a matrix product's have one for all in the benchmark.
  package var isPerChannel: Bool
  package let isPerChannelForProducts: Bool
}

extension QuantizationTarget {
  /// ONNX Runtime on CPUs.
  package static let onnxRuntime = QuantizationTarget(
    name: "onnxruntime",
    activation: .affineUInt8,
    weighted: [.convolution, .product],
    fusesByRange: true,
    computes: [.arithmetic, .joining, .moving, .averaging, .activation],
    sharesJoined: false,
    heads: .float,
    sums: .all,
    needsResults: true,
    hasWholeBias: true,
    isForLayersOnly: false,
    foldsBatchNorms: true,
    isPerChannel: true,
    isPerChannelForProducts: true
  )

  /// OpenVINO on CPUs.
  package static let openVINO = QuantizationTarget(
    name: "openvino",
    activation: .affineUInt8,
    weighted: [.convolution, .transposedConvolution, .product],
    fusesByRange: false,
    computes: [.arithmetic, .joining, .moving, .averaging],
    sharesJoined: true,
    heads: .inputs,
    sums: .others,
    needsResults: false,
    hasWholeBias: false,
    isForLayersOnly: false,
    foldsBatchNorms: true,
    isPerChannel: true,
    isPerChannelForProducts: true
  )

  /// TensorRT: as OpenVINO, but symmetric only.
  package static let tensorRT: QuantizationTarget = {
    var target = openVINO
    target.name = "tensorrt"
    target.activation = .symmetricInt8
    return target
  }()

  /// The reference benchmark: inputs of convolutions and products, and nothing else.
  package static let benchmark = QuantizationTarget(
    name: "benchmark",
    activation: .symmetricInt8,
    weighted: [.convolution, .product],
    fusesByRange: false,
    computes: [],
    sharesJoined: true,
    heads: .inputs,
    sums: .none,
    needsResults: false,
    hasWholeBias: false,
    isForLayersOnly: true,
    foldsBatchNorms: false,
    isPerChannel: true,
    isPerChannelForProducts: false
  )

  /// All of them, by name.
  package static let all = [onnxRuntime, openVINO, tensorRT, benchmark]

  /// The target of a name.
  package static func named(_ name: String) -> QuantizationTarget? { all.first { $0.name == name } }

  /// Whether an activation goes along with the layer before it.
  func fuses(_ entry: Operator) -> Bool {
    guard entry.quantization == .activation else { return false }
    guard fusesByRange else { return true }
    // A range that begins at zero leaves a relu out by itself; one around zero does not.
    return entry.traits.contains(.clips) && !activation.isSymmetric
  }

  /// Whether a layer's weight has a scale an output channel.
  package func isPerChannel(_ form: WeightLayout.Form) -> Bool {
    isPerChannel && (isPerChannelForProducts || form != .product)
  }
}
