/// The feature maps that a detection head reads: strides 8, 16 and 32.
struct Pyramid: Sendable, Hashable {
  let c3: GraphBuilder.Value
  let c4: GraphBuilder.Value
  let c5: GraphBuilder.Value
}

/// MobileNetV1 (Howard and others, 2017): depthwise convolutions that look, pointwise ones that mix.
struct MobileNetV1: Sendable {
  /// Every layer's filters are multiplied by this, and rounded down.
  let width: Double

  func pyramid(of image: GraphBuilder.Value, in net: inout GraphBuilder) -> Pyramid {
    let x = net.layer(image, "conv1", filters: scaled(32), kernel: 3, stride: 2)
    let c2 = pairs(x, [("conv2_1", 64, 1), ("conv2_2", 128, 2)], in: &net)
    let c3 = pairs(c2, [("conv3_1", 128, 1), ("conv3_2", 256, 2)], in: &net)
    let c4 = pairs(c3, [("conv4_1", 256, 1), ("conv4_2", 512, 2)], in: &net)
    let c5 = pairs(
      c4,
      (1...5).map { ("conv5_\($0)", 512, 1) } + [("conv5_6", 1024, 2), ("conv6", 1024, 1)],
      in: &net
    )
    return Pyramid(c3: c3, c4: c4, c5: c5)
  }

  /// Depthwise-separable convolutions in a row; the stride sits on the depthwise half.
  private func pairs(
    _ x: GraphBuilder.Value,
    _ table: [(name: String, filters: Int, stride: Int)],
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    table.reduce(x) { x, pair in
      let looked = net.layer(
        x,
        "\(pair.name)_dw",
        filters: x.channels,
        kernel: 3,
        stride: pair.stride,
        groups: x.channels
      )
      return net.layer(looked, "\(pair.name)_sep", filters: scaled(pair.filters), kernel: 1)
    }
  }

  private func scaled(_ filters: Int) -> Int { Int(Double(filters) * width) }
}
