import Graphs

/// A layer's bias as one number an output channel.
enum LayerBias {
  /// A constant spread over channels, as ONNX broadcasts it; nil where it has other numbers than one a channel.
  ///
  /// - Parameters:
  ///   - constant: of any shape.
  ///   - channels: the layer's output channels, along the last axis of what the bias is added to where it has several axes.
  /// - Returns: as many numbers as there are channels.
  static func spread(_ constant: Constant, over channels: Int) -> [Float]? {
    guard constant.type == .float32, let values = constant.floats else { return nil }
    if values.count == channels, constant.shape.last == channels { return values }
    // One axis more than the two of a product would make the result's rank grow.
    guard values.count == 1, constant.shape.count <= 2, let value = values.first else { return nil }
    return [Float](repeating: value, count: channels)
  }
}

extension Graph {
  /// A layer's own bias by output channel; nil where it has none that is one.
  func bias(of layer: QuantizationPlacement.Layer) -> [Float]? {
    layer.bias.flatMap { constants[$0] }.flatMap { LayerBias.spread($0, over: layer.channels) }
  }
}
