import Graphs

extension GraphBuilder {
  /// Max pooling 3×3 with stride 2 and padding 1.
  public mutating func maxPool(_ x: Value, _ name: String) -> Value {
    let made = apply("MaxPool", name, [x.name], window(kernel: 3, stride: 2, padding: 1))
    return Value(name: made, channels: x.channels, stride: x.stride * 2)
  }

  /// Max pooling 2×2 with stride 2; an odd last row or column makes one of its own.
  public mutating func halved(_ x: Value, _ name: String) -> Value {
    let place = window(kernel: 2, stride: 2, padding: 0, ["ceil_mode": .int(1)])
    let made = apply("MaxPool", name, [x.name], place)
    return Value(name: made, channels: x.channels, stride: x.stride * 2)
  }

  /// Average pooling 2×2 with stride 2; an odd last row or column is averaged over what is there.
  public mutating func averagePool(_ x: Value, _ name: String) -> Value {
    let made = apply(
      "AveragePool",
      name,
      [x.name],
      window(
        kernel: 2,
        stride: 2,
        padding: 0,
        ["ceil_mode": .int(1), "count_include_pad": .int(0)]
      )
    )
    return Value(name: made, channels: x.channels, stride: x.stride * 2)
  }

  /// The sum of a block's two branches, and its relu.
  public mutating func joined(_ x: Value, _ shortcut: Value, _ name: String) -> Value {
    let sum = apply("Add", "\(name)_add", [shortcut.name, x.name])
    let made = apply("Relu", "\(name)_relu", [sum])
    return Value(name: made, channels: x.channels, stride: x.stride)
  }

  /// Each pixel twice in both directions.
  public mutating func upsampled(_ x: Value, _ name: String) -> Value {
    let scales = literal("\(name).scales", Constant([1, 1, 2, 2] as [Float], shape: [4]))
    let made = apply(
      "Resize",
      name,
      [x.name, "", scales],
      [
        "mode": .text("nearest"), "coordinate_transformation_mode": .text("asymmetric"),
        "nearest_mode": .text("floor"),
      ]
    )
    return Value(name: made, channels: x.channels, stride: x.stride / 2)
  }

  /// The channels of `first`, then those of `second`.
  public mutating func concatenated(_ first: Value, _ second: Value, _ name: String) -> Value {
    let made = apply("Concat", name, [first.name, second.name], ["axis": .int(1)])
    return Value(name: made, channels: first.channels + second.channels, stride: first.stride)
  }
}
