import Graphs
import Tensors

/// A convolution over images with what follows it: batch norm folded into the weights, a sum with another value,
/// and an activation, in one call of oneDNN with weights packed once.
///
/// A batch norm by itself is a convolution too: 1×1, each channel a group. What oneDNN does not do (other types
/// than float32, empty images) the nodes' own kernels do one by one.
final class FusedConvolution: FusedStep {
  /// Whether this torch has oneDNN.
  static var isAvailable: Bool {
    (try? ATenOperator("mkldnn::_convolution_pointwise")) != nil
  }

  let chain: FusedChain
  private let graph: Graph
  let window: Window
  /// What it computes in; nil for float32.
  private let narrow: DType?
  /// The two used last: a smaller last batch, or a constant that is tried and set back, packs nothing again.
  private var packs: [Packed] = []

  /// What is made once of the constants that have these stamps, for images of one shape.
  private struct Packed {
    let stamps: [Int]
    let imageShape: [Int]
    /// The weight in oneDNN's order.
    let weight: Tensor
    let bias: Tensor?
    let filters: Int
    let groups: Int
    /// The activation's numbers.
    let scalars: [Double]
  }

  init(
    _ chain: FusedChain,
    of graph: Graph,
    kernel: [Int],
    narrow: DType? = nil
  ) throws(OperatorError) {
    self.chain = chain
    self.graph = graph
    self.narrow = narrow
    window =
      chain.weight == nil
      ? .onePixel
      : try Window(graph.nodes[chain.steps[0].nodes[0]], kernel: kernel)
  }

  func execute(_ tensors: [Tensor?], stamps: [Int]) throws -> [Tensor?] {
    guard let given = tensors[chain.image] else { throw OperatorError.missingInput(0) }
    let shape = given.shape
    guard shape.count == 4, !shape.contains(0), given.dtype == .float32 || given.dtype == narrow
    else { return try nodes(chain.steps[...], tensors) }
    let (image, pads) = try Convolution.evenPads(narrowed(given).channelsLast(), window, value: 0)
    guard let packed = try packed(tensors, stamps: stamps, imageShape: image.shape, pads: pads)
    else { return try nodes(chain.steps[...], tensors) }
    guard let place = chain.addend, let addend = tensors[place] else {
      return [try convolve(image, packed, pads, chain.activation)]
    }
    let wanted =
      [shape[0], packed.filters] + (0..<2).map { window.output(shape[$0 + 2], axis: $0) }
    guard addend.shape == wanted, addend.dtype == .float32 || addend.dtype == narrow,
      packed.filters > 1
    else {
      // The sum broadcasts, or has one channel, the strides of which oneDNN does not take.
      let product = try convolve(image, packed, pads, nil)
      return try nodes(chain.steps[chain.sum...], tensors, product: product)
    }
    // The sum is written over the addend, which others may read too, so over a copy. The call that makes a map of its
    // own brings one from rows into channels-last order in torch 2.11, which takes several times as long.
    let sum = try ATen.one("clone", narrowed(addend), MemoryFormat.channelsLast)
    return [
      try ATen.one(
        "mkldnn::_convolution_pointwise_",
        "binary",
        sum,
        image,
        packed.weight,
        packed.bias,
        pads,
        window.strides,
        window.dilations,
        packed.groups,
        "add",
        ATenValue.none,
        chain.activation?.name,
        ATenValue.doubles(packed.scalars),
        ATenValue.none
      )
    ]
  }

  func cost(_ tensors: [Tensor?], _ made: [Tensor?]) -> Int {
    guard let output = made.first ?? nil, let place = chain.weight, let weight = tensors[place]
    else { return 0 }
    return output.count * weight.shape.dropFirst().reduce(1, *)
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
      packed.groups,
      activation?.name ?? "none",
      ATenValue.doubles(activation == nil ? [] : packed.scalars),
      activation?.algorithm
    )
  }

  /// Executes the chain's nodes, or the last of them, with their own kernels, which have wide weights.
  func nodes(
    _ steps: ArraySlice<Step>,
    _ tensors: [Tensor?],
    product: Tensor? = nil
  ) throws -> [Tensor?] {
    let wide = try tensors.map { $0?.dtype == narrow ? try $0?.converted(to: .float32) : $0 }
    return try graph.execute(steps, of: chain.steps, reads: chain.reads, wide, product: product)
  }

  // MARK: Packing

  /// The packed weights of the constants as they are now; nil where they are not float32.
  private func packed(
    _ tensors: [Tensor?],
    stamps: [Int],
    imageShape: [Int],
    pads: [Int]
  ) throws -> Packed? {
    let constants = chain.constants.map { stamps[$0] }
    let known = packs.firstIndex { $0.stamps == constants && $0.imageShape == imageShape }
    if known == 0 { return packs[0] }
    if let known {
      packs.swapAt(0, known)
      return packs[0]
    }
    let made = try pack(tensors, stamps: constants, imageShape: imageShape, pads: pads)
    if let made { packs = [made] + packs.prefix(1) }
    return made
  }

  private func pack(
    _ tensors: [Tensor?],
    stamps: [Int],
    imageShape: [Int],
    pads: [Int]
  ) throws -> Packed? {
    var weight = chain.weight.flatMap { tensors[$0] }
    var bias = chain.bias.flatMap { tensors[$0] }
    guard [weight, bias].allSatisfy({ $0?.dtype ?? .float32 == .float32 }) else { return nil }
    var groups = graph[chain.steps[0]].int("group", default: 1)
    if let first = chain.statistics {
      let parameters = tensors[first..<first + 4].compactMap(\.self)
      guard parameters.count == 4 else { return nil }
      let scale = try ChannelScale(parameters, epsilon: chain.epsilon)
      if chain.weight == nil { groups = scale.factor.count }
      bias = try scale.shifted(bias)
      weight = try scale.scaled(weight)
    }
    guard let weight, weight.rank == 4 else { return nil }
    // oneDNN chooses the order of the weights by the image's size too. Weights in another order are brought into
    // the one wanted at every call, which costs more than the convolution.
    let reordered = try ATen.one(
      "mkldnn_reorder_conv2d_weight",
      ATen.one("to_mkldnn", narrowed(weight).rowMajor()),
      pads,
      window.strides,
      window.dilations,
      groups,
      imageShape
    )
    return Packed(
      stamps: stamps,
      imageShape: imageShape,
      weight: reordered,
      bias: try bias.map(narrowed),
      filters: weight.shape[0],
      groups: groups,
      scalars: try scalars(tensors)
    )
  }

  /// The tensor in what the step computes in.
  private func narrowed(_ tensor: Tensor) throws -> Tensor {
    try tensor.converted(to: narrow ?? .float32)
  }

  private func scalars(_ tensors: [Tensor?]) throws -> [Double] {
    guard let activation = chain.activation, activation.takesBounds else {
      return chain.activation?.scalars ?? []
    }
    let low = try chain.bounds[0].flatMap { tensors[$0] }?.doubles().first
    let high = try chain.bounds[1].flatMap { tensors[$0] }?.doubles().first
    return [low ?? -.infinity, high ?? .infinity]
  }
}

extension Tensor {
  /// The same elements with the channels of a pixel side by side: this tensor where they lie so already.
  func channelsLast() throws -> Tensor {
    isChannelsLast ? self : try contiguous(.channelsLast)
  }
}
