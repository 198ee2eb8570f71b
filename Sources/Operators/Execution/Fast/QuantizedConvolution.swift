import Graphs
import Tensors

/// A convolution between whole numbers of 8 bits, with its activation and the quantizing of its result, in one call of oneDNN.
///
/// What oneDNN does not do (images that are not uint8, empty ones, sums that overflow on the way) the nodes' own kernels do
/// one by one, in floats.
final class QuantizedConvolution: FusedStep {
  private let chain: QuantizedChain
  private let graph: Graph
  private let window: Window
  private let groups: Int
  private var packed: Packed?

  /// What is made once of the constants that have these stamps, for images of one shape.
  private struct Packed {
    let stamps: [Int]
    let imageShape: [Int]
    /// The weight in oneDNN's order.
    let weight: Tensor
    let scales: Tensor
    let zeros: Tensor
    let bias: Tensor?
    let image: (scale: Double, zero: Int)
    let result: (scale: Double, zero: Int)
    /// The activation's numbers.
    let scalars: [Double]
  }

  /// - Parameters:
  ///   - chain: the nodes.
  ///   - graph: where they stand.
  ///   - index: the convolution.
  ///   - kernel: height and width of its filters.
  /// - Throws: ``OperatorError`` for a window that does not fit.
  init(_ chain: QuantizedChain, of graph: Graph, at index: Int, kernel: [Int]) throws(OperatorError)
  {
    self.chain = chain
    self.graph = graph
    window = try Window(graph.nodes[index], kernel: kernel)
    groups = graph.nodes[index].int("group", default: 1)
  }

  func execute(_ tensors: [Tensor?], stamps: [Int]) throws -> [Tensor?] {
    guard let given = tensors[chain.image.values] else { throw OperatorError.missingInput(0) }
    guard given.dtype == .uint8, given.rank == 4, !given.shape.contains(0),
      let zero = try chain.image.zero.flatMap({ tensors[$0] })?.doubles().first
    else { return try nodes(tensors) }
    let (image, pads) = try Convolution.evenPads(given.channelsLast(), window, value: zero)
    guard let packed = try packed(tensors, stamps, image.shape, pads) else {
      return try nodes(tensors)
    }
    return [
      try ATen.one(
        "onednn::qconv2d_pointwise",
        "",
        image,
        packed.image.scale,
        packed.image.zero,
        packed.weight,
        packed.scales,
        packed.zeros,
        packed.bias,
        window.strides,
        pads,
        window.dilations,
        groups,
        packed.result.scale,
        packed.result.zero,
        chain.result == nil ? DType.float32 : DType.uint8,
        chain.activation?.name ?? "none",
        ATenValue.doubles(packed.scalars),
        ""
      )
    ]
  }

  func cost(_ tensors: [Tensor?], _ made: [Tensor?]) -> Int {
    guard let output = made.first ?? nil, let weight = tensors[chain.weight.values] else {
      return 0
    }
    return output.count * weight.shape.dropFirst().reduce(1, *)
  }

  private func nodes(_ tensors: [Tensor?]) throws -> [Tensor?] {
    try graph.execute(chain.steps[...], of: chain.steps, reads: chain.reads, tensors)
  }

  // MARK: Packing

  private func packed(
    _ tensors: [Tensor?],
    _ stamps: [Int],
    _ imageShape: [Int],
    _ pads: [Int]
  ) throws -> Packed? {
    let constants = chain.constants.map { stamps[$0] }
    if let packed, packed.stamps == constants, packed.imageShape == imageShape { return packed }
    packed = try pack(tensors, constants, imageShape, pads)
    return packed
  }

  private func pack(
    _ tensors: [Tensor?],
    _ stamps: [Int],
    _ imageShape: [Int],
    _ pads: [Int]
  ) throws -> Packed? {
    guard let weight = tensors[chain.weight.values], weight.dtype == .int8,
      let scales = try tensors[chain.weight.scale]?.reshaped([-1]),
      let image = try number(chain.image.scale, chain.image.zero, tensors),
      try ByteSums.areExact(of: weight)
    else { return nil }
    let result = try chain.result.flatMap { try number($0.scale, $0.zero, tensors) }
    return Packed(
      stamps: stamps,
      imageShape: imageShape,
      weight: try ATen.one(
        "onednn::qconv_prepack",
        "",
        weight.rowMajor(),
        scales,
        image.scale,
        image.zero,
        window.strides,
        pads,
        window.dilations,
        groups,
        imageShape
      ),
      scales: scales,
      zeros: try Tensor.zeros(like: scales).cast(to: .int32),
      bias: try bias(tensors),
      image: image,
      result: result ?? (1, 0),
      scalars: try scalars(tensors)
    )
  }

  private func number(
    _ scale: Int,
    _ zero: Int?,
    _ tensors: [Tensor?]
  ) throws -> (scale: Double, zero: Int)? {
    guard let scale = try tensors[scale]?.doubles().first,
      let zero = try zero.flatMap({ tensors[$0] })?.doubles().first
    else { return nil }
    return (scale, Int(zero))
  }

  private func bias(_ tensors: [Tensor?]) throws -> Tensor? {
    guard let bias = chain.bias, let steps = tensors[bias.values], let scale = tensors[bias.scale]
    else { return chain.floatBias.flatMap { tensors[$0] } }
    return try steps.cast(to: .float32) * scale
  }

  private func scalars(_ tensors: [Tensor?]) throws -> [Double] {
    guard let activation = chain.activation, activation.takesBounds else { return [] }
    let ends = try chain.bounds.map { try $0.flatMap { tensors[$0] }?.doubles().first }
    return [ends[0] ?? -.infinity, ends[1] ?? .infinity]
  }
}

/// Whether sums of products of bytes are exact: processors without VNNI add pairs of them in 16 bits, which overflow.
enum ByteSums {
  /// Whether sums with these weights are: on this processor, or because the weights are small.
  static func areExact(of weight: Tensor) throws -> Bool {
    guard let trial else { return false }
    if trial == wanted { return true }
    // Two products of at most 255 · 64 fit 16 bits.
    let magnitudes = try weight.cast(to: .int32).abs()
    return try magnitudes.max().doubles().first ?? 128 <= 64
  }

  /// 255 · 127, summed over the channels and places of ``sum()``.
  private static let wanted = 255.0 * 127 * 32 * 9

  /// What a convolution whose pairs overflow 16 bits gives; nil with a libtorch that has no such operator.
  private static let trial: Double? = try? withoutGradients { try sum() }

  private static func sum() throws -> Double {
    let (channels, filters, side, kernel) = (32, 16, 4, 3)
    let image = try Tensor.full([1, channels, side, side], 255).cast(to: .uint8).channelsLast()
    let weight = try Tensor.full([filters, channels, kernel, kernel], 127).cast(to: .int8)
    let scales = try Tensor.full([filters], 1)
    let packed = try ATen.one(
      "onednn::qconv_prepack",
      "",
      weight,
      scales,
      1.0,
      0,
      [1, 1],
      [0, 0],
      [1, 1],
      1,
      image.shape
    )
    let result = try ATen.one(
      "onednn::qconv2d_pointwise",
      "",
      image,
      1.0,
      0,
      packed,
      scales,
      Tensor.zeros(like: scales).cast(to: .int32),
      ATenValue.none,
      [1, 1],
      [0, 0],
      [1, 1],
      1,
      1.0,
      0,
      DType.float32,
      "none",
      ATenValue.doubles([]),
      ""
    )
    return try result.min().doubles().first ?? 0
  }
}
