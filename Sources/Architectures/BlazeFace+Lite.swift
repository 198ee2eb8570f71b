extension BlazeFace {
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
