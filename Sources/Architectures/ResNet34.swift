/// ResNet-34, variant b (He and others, 2015): basic blocks, and a projection at the head of every stage.
struct ResNet34: Sendable {
  func pyramid(of image: GraphBuilder.Value, in net: inout GraphBuilder) -> Pyramid {
    let stem = net.convNorm(
      image,
      .backbone("conv1", norm: "bn_conv1"),
      filters: 64,
      kernel: 7,
      stride: 2,
      activation: .relu,
      start: .normal(kernel: 7, channels: image.channels)
    )
    let c2 = stage(net.maxPool(stem, "pool1"), 2, blocks: 3, width: 64, stride: 1, in: &net)
    let c3 = stage(c2, 3, blocks: 4, width: 128, stride: 2, in: &net)
    let c4 = stage(c3, 4, blocks: 6, width: 256, stride: 2, in: &net)
    let c5 = stage(c4, 5, blocks: 3, width: 512, stride: 2, in: &net)
    return Pyramid(c3: c3, c4: c4, c5: c5)
  }

  private func stage(
    _ x: GraphBuilder.Value,
    _ number: Int,
    blocks: Int,
    width: Int,
    stride: Int,
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    blockLetters(blocks).enumerated().reduce(x) { x, block in
      basic(
        x,
        "\(number)\(block.element)",
        width: width,
        stride: block.offset == 0 ? stride : 1,
        projects: block.offset == 0,
        in: &net
      )
    }
  }

  /// Two 3×3 convolutions beside a shortcut.
  private func basic(
    _ x: GraphBuilder.Value,
    _ name: String,
    width: Int,
    stride: Int,
    projects: Bool,
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    let a = net.residual(
      x,
      name,
      "2a",
      filters: width,
      kernel: 3,
      stride: stride,
      activation: .relu
    )
    let b = net.residual(a, name, "2b", filters: width, kernel: 3, activation: .none)
    let shortcut =
      projects
      ? net.residual(x, name, "1", filters: width, kernel: 1, stride: stride, activation: .none) : x
    return net.joined(b, shortcut, "res\(name)")
  }
}

/// How the blocks of a stage are told apart: by a, b, c and so on.
func blockLetters(_ count: Int) -> [String] { "abcdef".prefix(count).map(String.init) }

extension GraphBuilder {
  /// One convolution of a residual block: `res<block>_branch<branch>` with norm `bn<block>_branch<branch>`.
  mutating func residual(
    _ x: Value,
    _ block: String,
    _ branch: String,
    filters: Int,
    kernel: Int,
    stride: Int = 1,
    activation: Activation
  ) -> Value {
    convNorm(
      x,
      .residual(block, branch),
      filters: filters,
      kernel: kernel,
      stride: stride,
      activation: activation,
      start: .normal(kernel: kernel, channels: x.channels)
    )
  }
}

extension LayerNames {
  static func residual(_ block: String, _ branch: String) -> LayerNames {
    .backbone("res\(block)_branch\(branch)", norm: "bn\(block)_branch\(branch)")
  }
}
