extension YOLOv3 {
  /// The detection head: from the coarsest map to the finest, each level also reading the route of the one before.
  func head(on pyramid: Pyramid, in net: inout GraphBuilder) -> [GraphBuilder.Value] {
    var x = pyramid.c5
    var maps: [GraphBuilder.Value] = []
    for (level, finer) in [pyramid.c4, pyramid.c3, nil].enumerated() {
      let width = scaled(512 >> level)
      let (route, tip) = block(x, "yolo_block.\(level)", width: width, in: &net)
      maps.append(
        net.prediction(tip, "yolo_output.\(level)", filters: anchorsPerCell * (5 + classes))
      )
      guard let finer else { break }
      let transition = "yolo_transition.\(level)"
      let narrowed = layer(route, transition, filters: scaled(256 >> level), kernel: 1, in: &net)
      let raised = net.upsampled(narrowed, "\(transition).upsample")
      x = net.concatenated(raised, finer, "yolo_block.\(level + 1).concat")
    }
    return maps
  }

  private var anchorsPerCell: Int { 3 }

  /// 1×1 and 3×3 convolutions in turn: the route goes on to the next level, the tip to the prediction.
  private func block(
    _ x: GraphBuilder.Value,
    _ name: String,
    width: Int,
    in net: inout GraphBuilder
  ) -> (route: GraphBuilder.Value, tip: GraphBuilder.Value) {
    var x = x
    for step in ["0", "1"] {
      x = layer(x, "\(name).\(step).0", filters: width, kernel: 1, in: &net)
      x = layer(x, "\(name).\(step).1", filters: 2 * width, kernel: 3, in: &net)
    }
    let route = layer(x, "\(name).2", filters: width, kernel: 1, in: &net)
    let tip = layer(route, "\(name).tip", filters: 2 * width, kernel: 3, in: &net)
    return (route, tip)
  }

  private func scaled(_ filters: Int) -> Int { Int(Double(filters) * headWidth) }

  private func layer(
    _ x: GraphBuilder.Value,
    _ name: String,
    filters: Int,
    kernel: Int,
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    net.convNorm(
      x,
      .head(name),
      filters: filters,
      kernel: kernel,
      activation: .leaky,
      start: .normal(kernel: kernel, channels: x.channels)
    )
  }

  /// The weights of the 18 convolutions that the benchmark prunes, block by block, the same for every backbone.
  ///
  /// Transitions and predictions keep their filters; the backbone stays whole.
  package static let prunableWeights: [String] = (0..<3).flatMap { level in
    ["0.0", "0.1", "1.0", "1.1", "2", "tip"].map { "yolo_block.\(level).\($0).conv.weights" }
  }
}
