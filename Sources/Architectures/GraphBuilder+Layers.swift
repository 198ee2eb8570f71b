extension GraphBuilder {
  /// A convolution of a backbone with its norm, `NAME_bn`, weights drawn by He's rule.
  public mutating func layer(
    _ x: Value,
    _ name: String,
    filters: Int,
    kernel: Int,
    stride: Int = 1,
    groups: Int = 1,
    activation: Activation = .relu
  ) -> Value {
    convNorm(
      x,
      .backbone(name, norm: "\(name)_bn"),
      filters: filters,
      kernel: kernel,
      stride: stride,
      groups: groups,
      activation: activation,
      start: .he(kernel: kernel, channelsPerGroup: x.channels / groups)
    )
  }
}
