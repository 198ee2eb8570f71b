import Graphs
package import Tensors

/// A fused convolution that is given its input channels part by part, so that nested sets of channels share work.
///
/// Convolution is linear: with the channels of one more part the sum before the activation grows by that part's
/// convolution. Parts are only ever added, so nothing cancels.
package final class SplitConvolution {
  /// The value that the chain makes.
  package let output: String
  /// The value that is given in parts.
  package let image: String
  /// The nodes of the chain.
  package let nodes: [Int]
  /// Values that the chain reads beside its image, such as the summand of a residual sum.
  package let others: [String]
  /// Multiply-adds of the last call.
  package private(set) var multiplyAdds = 0

  /// The share of the input channels that lie in some part.
  package let shareOfChannels: Double

  private let fused: FusedConvolution
  private let session: Session
  private let reads: [Int]
  private let groupedChannels: [[Int]]
  private var packs: [Part?]
  private var packedShape: [Int] = []
  private var scale: ChannelScale?

  private struct Part {
    let channels: Tensor
    let weight: Tensor
    let bias: Tensor?
    let costPerPixel: Int
    let filters: Int
  }

  /// The chain that starts with the convolution at a node; nil where that is none that can be split.
  package init?(_ session: Session, node: Int, parts: [[Int]]) throws {
    guard session.mode == .fast else { return nil }
    let layout = session.layout
    guard let step = session.resumeSteps().first(where: { $0.nodes.first == node }),
      case .fused(let action) = step.action, let fused = action as? FusedConvolution,
      layout.graph.nodes[node].int("group", default: 1) == 1,
      let weight = fused.chain.weight, let shape = layout.constants[step.reads[weight]]?.shape,
      shape.count == 4
    else { return nil }
    self.session = session
    self.fused = fused
    reads = step.reads
    nodes = step.nodes
    groupedChannels = parts
    shareOfChannels = Double(parts.reduce(0) { $0 + $1.count }) / Double(max(shape[1], 1))
    packs = parts.map { _ in nil }
    output = layout.names[fused.chain.output]
    image = layout.names[step.reads[fused.chain.image]]
    others = step.reads.enumerated().compactMap { place, slot in
      place == fused.chain.image || slot < 0 || layout.constants[slot] != nil
        ? nil : layout.names[slot]
    }
  }

  /// The sum before the activation with one more part of `image`, all channels of which are given.
  ///
  /// - Parameters:
  ///   - part: the part's place among those of the initializer.
  ///   - image: the value given, all its channels.
  ///   - sum: what the parts before came to; it is written to. Nil for the first part.
  /// - Returns: the sum with this part.
  /// - Throws: `TensorError` with torch's words.
  package func adding(_ part: Int, of image: Tensor, to sum: Tensor?) throws -> Tensor {
    try withoutGradients {
      let last = try image.channelsLast()
      let count = groupedChannels[part].count
      guard count > 0 || sum == nil else {
        multiplyAdds = 0
        return sum ?? image
      }
      let rows = try last.permuted([0, 2, 3, 1])
      let channels = try self.channels(part)
      let chosen = try rows.picked(along: 3, at: channels).permuted([0, 3, 1, 2])
      let (padded, pads) = try Convolution.evenPads(chosen.channelsLast(), fused.window, value: 0)
      let packed = try packed(part, imageShape: padded.shape, pads: pads, isFirst: sum == nil)
      let result = try convolve(padded.channelsLast(), packed, pads, sum)
      multiplyAdds = result.count / packed.filters * packed.costPerPixel
      return result
    }
  }

  /// The chain's output from the sum of all parts that stay.
  package func finished(_ sum: Tensor, others: [String: Tensor]) throws -> Tensor {
    let done = fused.chain.statistics == nil ? 1 : 2
    guard fused.chain.steps.count > done else { return try sum.copied() }
    var tensors: [Tensor?] = []
    for (place, slot) in reads.enumerated() {
      let name = slot < 0 ? "" : session.layout.names[slot]
      if slot < 0 || place == fused.chain.image {
        tensors.append(nil)
      } else if let other = others[name] {
        tensors.append(other)
      } else {
        tensors.append(try session.constant(at: slot))
      }
    }
    let made = try withoutGradients {
      try fused.nodes(fused.chain.steps[done...], tensors, product: sum)
    }
    guard let tensor = made.first ?? nil else { throw OperatorError.missingInput(0) }
    return tensor
  }

  private func convolve(
    _ image: Tensor,
    _ part: Part,
    _ pads: [Int],
    _ sum: Tensor?
  ) throws -> Tensor {
    let window = fused.window
    guard let sum, part.filters > 1 else {
      let product = try ATen.one(
        "mkldnn::_convolution_pointwise",
        "",
        image,
        part.weight,
        part.bias,
        pads,
        window.strides,
        window.dilations,
        1,
        "none",
        ATenValue.doubles([]),
        ATenValue.none
      )
      return try sum.map { try $0 + product } ?? product
    }
    return try ATen.one(
      "mkldnn::_convolution_pointwise_",
      "binary",
      sum,
      image,
      part.weight,
      part.bias,
      pads,
      window.strides,
      window.dilations,
      1,
      "add",
      ATenValue.none,
      ATenValue.none,
      ATenValue.doubles([]),
      ATenValue.none
    )
  }

  private func channels(_ part: Int) throws -> Tensor {
    if let known = packs[part]?.channels { return known }
    return try Tensor(groupedChannels[part].map(Int64.init), shape: [groupedChannels[part].count])
  }

  /// The part's weight with the batch norm folded in, in oneDNN's order; the bias goes with the first part.
  private func packed(
    _ part: Int,
    imageShape: [Int],
    pads: [Int],
    isFirst: Bool
  ) throws -> Part {
    let shape = [imageShape[0]] + imageShape[2...]
    if shape != packedShape {
      packs = packs.map { _ in nil }
      packedShape = shape
    }
    if let known = packs[part] { return known }
    let chain = fused.chain
    func constant(_ place: Int) throws -> Tensor { try session.constant(at: reads[place]) }
    guard let place = chain.weight else { throw OperatorError.missingInput(1) }
    let channels = try channels(part)
    var weight = try constant(place).picked(along: 1, at: channels)
    var bias = try chain.bias.map(constant)
    if let first = chain.statistics {
      let scale =
        try self.scale ?? ChannelScale((first..<first + 4).map(constant), epsilon: chain.epsilon)
      self.scale = scale
      weight = try scale.scaled(weight)
      bias = try scale.shifted(bias)
    }
    let cost = weight.shape.reduce(1, *)
    let filters = weight.shape[0]
    let packed = try ATen.one(
      "mkldnn_reorder_conv2d_weight",
      ATen.one("to_mkldnn", weight.rowMajor()),
      pads,
      fused.window.strides,
      fused.window.dilations,
      1,
      imageShape
    )
    let made = Part(
      channels: channels,
      weight: packed,
      bias: isFirst ? bias : nil,
      costPerPixel: cost,
      filters: filters
    )
    packs[part] = made
    return made
  }
}

@available(*, unavailable) extension SplitConvolution: Sendable {}
