extension BlazeFace {
  /// A block's channels: in, after the first pointwise convolution, and after the second, where it has one.
  struct Block: Sendable, Hashable {
    var middle: Int
    var double: Int?
    var stride = 1

    /// The channels that come out.
    var channels: Int { double ?? middle }
  }

  /// The first convolution's filters, and the blocks of those that are built of them.
  private var table: (first: Int, blocks: [Block]) {
    func single(_ channels: Int, _ stride: Int = 1) -> Block {
      Block(middle: channels, stride: stride)
    }
    func double(_ middle: Int, _ channels: Int, _ stride: Int = 1) -> Block {
      Block(middle: middle, double: channels, stride: stride)
    }
    let small = [single(12), single(12, 2), single(12)]
    return switch variant {
    case .original, .lite:
      (
        24,
        [single(24), single(24), single(48, 2), single(48), single(48)]
          + [double(24, 96, 2), double(24, 96), double(24, 96)]
          + [double(24, 96, 2), double(24, 96), double(24, 96)]
      )
    case .nas:
      (12, small + [double(16, 24, 2), double(12, 24), double(16, 72, 2), double(12, 72)])
    case .nasV2:
      (12, small + [double(16, 32, 2), double(32, 32), double(16, 72, 2), double(24, 72)])
    }
  }

  /// The features of strides 8 and 16: what enters the last halving block, and the end.
  func blaze(
    _ image: GraphBuilder.Value,
    in net: inout GraphBuilder
  ) -> [GraphBuilder.Value] {
    let (first, blocks) = table
    var x = net.layer(image, "conv1", filters: first, kernel: 3, stride: 2)
    var finer = x
    let last = blocks.lastIndex { $0.stride == 2 }
    for (place, each) in blocks.enumerated() {
      if place == last { finer = x }
      x = block(x, "blaze_\(place)", each, in: &net)
    }
    return [finer, x]
  }

  private func block(
    _ x: GraphBuilder.Value,
    _ name: String,
    _ block: Block,
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
      // The published networks look over all channels here, but for the 3×3 mode.
      y = look(y, "\(name)_2", stride: 1, isDepthwise: !usesFiveByFive, in: &net)
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
    guard !usesFiveByFive else { return depthwise(x, "\(name)_dw", 5, stride) }
    return depthwise(depthwise(x, "\(name)_dw_1", 3, 1), "\(name)_dw_2", 3, stride)
  }

  /// The features of strides 8 and 16 of BlazeFace-Lite.
  func lite(
    _ image: GraphBuilder.Value,
    in net: inout GraphBuilder
  ) -> [GraphBuilder.Value] {
    let finer: [(Int, Int)] = [
      (24, 1), (28, 1), (32, 2), (36, 1), (42, 1), (48, 2), (56, 1), (64, 1), (72, 1), (80, 1),
      (88, 1),
    ]
    let coarser: [(Int, Int)] = [(96, 2), (96, 1), (96, 1), (96, 1), (96, 1)]
    var x = net.layer(image, "conv1", filters: 24, kernel: 5, stride: 2)
    var features: [GraphBuilder.Value] = []
    var number = 2
    for units in [finer, coarser] {
      for (channels, stride) in units {
        x = unit(x, "conv\(number)", channels, stride, in: &net)
        number += 1
      }
      features.append(x)
    }
    return features
  }

  private func unit(
    _ x: GraphBuilder.Value,
    _ name: String,
    _ channels: Int,
    _ stride: Int,
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    let looked = net.layer(
      x,
      "\(name)_dw",
      filters: x.channels,
      kernel: 3,
      stride: stride,
      groups: x.channels
    )
    let mixed = net.layer(looked, "\(name)_sep", filters: channels, kernel: 1)
    var shortcut = stride == 2 ? net.halved(x, "\(name)_shortcut_pool") : x
    if x.channels != channels {
      shortcut = net.layer(shortcut, "\(name)_shortcut_conv", filters: channels, kernel: 1)
    }
    return net.joined(mixed, shortcut, name)
  }
}
