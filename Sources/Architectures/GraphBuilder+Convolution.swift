import Graphs

/// What follows a convolution and its batch norm.
public enum Activation: Sendable, Hashable {
  /// Nothing.
  case none
  /// x where positive, else 0.
  case relu
  /// x where positive, else 0.1·x.
  case leaky
}

extension GraphBuilder {
  /// "Conv-BN": a convolution without bias, padded by (k - 1)/2, then batch norm, then the activation.
  mutating func convNorm(
    _ x: Value,
    _ names: LayerNames,
    filters: Int,
    kernel: Int,
    stride: Int = 1,
    groups: Int = 1,
    activation: Activation,
    start: Initializer
  ) -> Value {
    let weights = parameter(
      names.weights,
      [filters, x.channels / groups, kernel, kernel],
      start
    )
    let made = apply(
      "Conv",
      names.convolution,
      [x.name, weights],
      window(kernel: kernel, stride: stride, padding: (kernel - 1) / 2, ["group": .int(groups)])
    )
    let y = Value(name: made, channels: filters, stride: x.stride * stride)
    return activated(normalized(y, names), names, activation)
  }

  /// Batch norm as trained: y = scale·(x - mean)/√(var + 1e-5) + offset, statistics moving by 0.9.
  mutating func normalized(_ x: Value, _ names: LayerNames) -> Value {
    let shape = [x.channels]
    let made = apply(
      "BatchNormalization",
      names.norm,
      [
        x.name,
        parameter(names.scale, shape, .constant(1)),
        parameter(names.offset, shape, .constant(0)),
        parameter(names.mean, shape, .constant(0)),
        parameter(names.variance, shape, .constant(1)),
      ],
      ["epsilon": .float(1e-5), "momentum": .float(0.9)]
    )
    return Value(name: made, channels: x.channels, stride: x.stride)
  }

  mutating func activated(_ x: Value, _ names: LayerNames, _ activation: Activation) -> Value {
    let made =
      switch activation {
      case .none: x.name
      case .relu: apply("Relu", names.activation, [x.name])
      case .leaky: apply("LeakyRelu", names.activation, [x.name], ["alpha": .float(0.1)])
      }
    return Value(name: made, channels: x.channels, stride: x.stride)
  }

  /// A convolution with bias and nothing after it, 1×1 unless stated, which makes the value `name`.
  public mutating func prediction(
    _ x: Value,
    _ name: String,
    filters: Int,
    kernel: Int = 1
  ) -> Value {
    let node = "\(name).conv"
    let weights = parameter(
      "\(node).weights",
      [filters, x.channels, kernel, kernel],
      .normal(kernel: kernel, channels: x.channels)
    )
    let bias = parameter("\(node).bias", [filters], .constant(0))
    let made = apply(
      "Conv",
      node,
      [x.name, weights, bias],
      window(kernel: kernel, stride: 1, padding: (kernel - 1) / 2, ["group": .int(1)]),
      output: name
    )
    return Value(name: made, channels: filters, stride: x.stride)
  }

  /// The attributes of a square window, the same on all sides, and `others`.
  func window(
    kernel: Int,
    stride: Int,
    padding: Int,
    _ others: NamedTable<Attribute> = [:]
  ) -> NamedTable<Attribute> {
    var attributes: NamedTable<Attribute> = [
      "kernel_shape": .ints([kernel, kernel]),
      "strides": .ints([stride, stride]),
      "pads": .ints([padding, padding, padding, padding]),
    ]
    for (name, value) in others { attributes[name] = value }
    return attributes
  }
}
