/// The layers of a network of BlazeBlocks, up to the features that predictions are made of.
struct BlazeBody {
  private let blocks: BlazeFace.Blocks
  private let kernels: BlazeFace.Kernels

  init(_ blocks: BlazeFace.Blocks, _ kernels: BlazeFace.Kernels) {
    self.blocks = blocks
    self.kernels = kernels
  }

  /// The features of strides 8 and 16: what enters the last halving block, and the end.
  func features(
    _ image: GraphBuilder.Value,
    in net: inout GraphBuilder
  ) -> [GraphBuilder.Value] {
    var x = net.layer(image, "conv1", filters: blocks.first, kernel: 3, stride: 2)
    var finer = x
    for (place, each) in blocks.all.enumerated() {
      if place == blocks.last { finer = x }
      x = block(x, "blaze_\(place)", each, in: &net)
    }
    return [finer, x]
  }

  private func block(
    _ x: GraphBuilder.Value,
    _ name: String,
    _ block: BlazeFace.Blocks.Block,
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    var y = look(x, "\(name)_1", stride: block.stride, isDepthwise: true, in: &net)
    y = net.layer(
      y,
      "\(name)_1_sep",
      filters: block.middle,
      kernel: 1,
      activation: block.double == nil ? .none : .relu
    )
    if let channels = block.double {
      y = look(y, "\(name)_2", stride: 1, isDepthwise: kernels != .fiveByFive, in: &net)
      y = net.layer(y, "\(name)_2_sep", filters: channels, kernel: 1)
    }
    guard block.stride == 2 else { return net.joined(y, x, name) }
    let halved = net.halved(x, "\(name)_shortcut_pool")
    let shortcut = net.layer(
      halved,
      "\(name)_shortcut_conv",
      filters: block.channels,
      kernel: 1
    )
    return net.joined(y, shortcut, name)
  }

  /// A 5×5 convolution, or two 3×3 depthwise ones, the second with the stride.
  private func look(
    _ x: GraphBuilder.Value,
    _ name: String,
    stride: Int,
    isDepthwise: Bool,
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    func depthwise(
      _ x: GraphBuilder.Value,
      _ name: String,
      _ kernel: Int,
      _ stride: Int
    ) -> GraphBuilder.Value {
      net.layer(
        x,
        name,
        filters: x.channels,
        kernel: kernel,
        stride: stride,
        groups: isDepthwise ? x.channels : 1
      )
    }
    guard kernels == .threeByThree else { return depthwise(x, "\(name)_dw", 5, stride) }
    return depthwise(depthwise(x, "\(name)_dw_1", 3, 1), "\(name)_dw_2", 3, stride)
  }
}
