/// ResNet-50, variant d (He and others, 2018), its last stage with deformable convolutions.
///
/// Three 3×3 convolutions stand for the 7×7 stem; the stride sits on a bottleneck's 3×3; a strided shortcut averages
/// before it projects.
struct ResNet50vdDCN: Sendable {
  func pyramid(of image: GraphBuilder.Value, in net: inout GraphBuilder) -> Pyramid {
    var x = stem(image, 1, filters: 32, stride: 2, in: &net)
    x = stem(x, 2, filters: 32, in: &net)
    x = stem(x, 3, filters: 64, in: &net)
    let c2 = stage(net.maxPool(x, "pool1"), 2, blocks: 3, width: 64, in: &net)
    let c3 = stage(c2, 3, blocks: 4, width: 128, in: &net)
    let c4 = stage(c3, 4, blocks: 6, width: 256, in: &net)
    let c5 = stage(c4, 5, blocks: 3, width: 512, in: &net)
    return Pyramid(c3: c3, c4: c4, c5: c5)
  }

  private func stem(
    _ x: GraphBuilder.Value,
    _ number: Int,
    filters: Int,
    stride: Int = 1,
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    net.convNorm(
      x,
      .backbone("conv1_\(number)", norm: "bnv1_\(number)"),
      filters: filters,
      kernel: 3,
      stride: stride,
      activation: .relu,
      start: .normal(kernel: 3, channels: x.channels)
    )
  }

  private func stage(
    _ x: GraphBuilder.Value,
    _ number: Int,
    blocks: Int,
    width: Int,
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    blockLetters(blocks).enumerated().reduce(x) { x, block in
      let first = block.offset == 0
      return bottleneck(
        x,
        "\(number)\(block.element)",
        width: width,
        stride: first && number > 2 ? 2 : 1,
        projects: first,
        deformable: number == 5,
        in: &net
      )
    }
  }

  /// 1×1 down to `width`, 3×3, 1×1 up to four times the width, beside a shortcut.
  private func bottleneck(
    _ x: GraphBuilder.Value,
    _ name: String,
    width: Int,
    stride: Int,
    projects: Bool,
    deformable: Bool,
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    let a = net.residual(x, name, "2a", filters: width, kernel: 1, activation: .relu)
    let b =
      deformable
      ? net.deformableConvNorm(a, .residual(name, "2b"), filters: width, stride: stride)
      : net.residual(a, name, "2b", filters: width, kernel: 3, stride: stride, activation: .relu)
    let c = net.residual(b, name, "2c", filters: 4 * width, kernel: 1, activation: .none)
    guard projects else { return net.joined(c, x, "res\(name)") }
    let averaged = stride == 2 ? net.averagePool(x, "res\(name)_branch1_pool") : x
    let shortcut = net.residual(
      averaged,
      name,
      "1",
      filters: 4 * width,
      kernel: 1,
      activation: .none
    )
    return net.joined(c, shortcut, "res\(name)")
  }
}
