/// What a convolution with batch norm calls its nodes and parameters.
struct LayerNames: Sendable, Hashable {
  let convolution: String
  let weights: String
  let norm: String
  let scale: String
  let offset: String
  let mean: String
  let variance: String
  let activation: String

  /// A layer of the detection head: `yolo_block.0.0.0.conv.weights`, `yolo_block.0.0.0.bn.scale` and so on.
  static func head(_ name: String) -> LayerNames {
    LayerNames(
      convolution: "\(name).conv",
      weights: "\(name).conv.weights",
      norm: "\(name).bn",
      scale: "\(name).bn.scale",
      offset: "\(name).bn.offset",
      mean: "\(name).bn.mean",
      variance: "\(name).bn.var",
      activation: "\(name).leaky"
    )
  }

  /// A layer of a backbone: `res2a_branch2a_weights`, and `bn2a_branch2a_scale` … after the norm's own name.
  static func backbone(_ name: String, norm: String) -> LayerNames {
    LayerNames(
      convolution: name,
      weights: "\(name)_weights",
      norm: norm,
      scale: "\(norm)_scale",
      offset: "\(norm)_offset",
      mean: "\(norm)_mean",
      variance: "\(norm)_variance",
      activation: "\(name)_relu"
    )
  }
}
