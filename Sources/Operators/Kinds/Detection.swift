import Graphs
import Tensors

/// What detectors need beside convolutions: suppression of overlapping boxes, and pooling of regions.
package enum Detection {
  static let operators: [Operator] = [
    Operator(
      "NonMaxSuppression",
      shapes: suppressionShapes,
      traits: .isSteered,
      kernel: suppress
    ),
    Operator(
      "RoiAlign",
      shapes: alignShapes,
      upgrades: [
        // Before opset 16 regions were not shifted by half a pixel.
        Upgrade(to: 16) { (node, _) throws(OperatorError) in
          var node = node
          node.attributes["coordinate_transformation_mode"] = .text("output_half_pixel")
          return [node]
        }
      ],
      downgrades: [
        Downgrade(below: 16) { (node, _) throws(OperatorError) in
          guard node.string("coordinate_transformation_mode") == "output_half_pixel" else {
            throw .unsupported("regions shifted by half a pixel came with opset 16")
          }
          return node.without("coordinate_transformation_mode")
        }
      ],
      kernel: RegionAlignment.execute
    ),
    Operator("MaxRoiPool", shapes: poolShapes, kernel: poolRegions),
  ]

  // MARK: Suppression

  private static let suppressionShapes: ShapeRule = { (_) throws(OperatorError) in
    [ValueFacts(element: .int64, sizes: [nil, 3])]
  }

  /// torch has no suppression without torchvision; this one runs over the values in main memory.
  private static let suppress: Kernel = { call in
    let boxes = try call.input(0)
    let scores = try call.input(1)
    let limit = try call.integers(2)?.first ?? 0
    let overlap = try Float(call.doubles(3)?.first ?? 0)
    let threshold = try call.doubles(4)?.first.map { Float($0) }
    let corners = try corners(boxes, areCentres: call.node.int("center_point_box", default: 0) != 0)
    let values = try scores.floats()
    let (batch, classes, count) = (scores.shape[0], scores.shape[1], scores.shape[2])
    var selected: [Int64] = []
    for image in 0..<batch {
      let imageBoxes = Array(corners[image * count..<(image + 1) * count])
      for kind in 0..<classes {
        let start = (image * classes + kind) * count
        let kept = Box.suppress(
          imageBoxes,
          scores: Array(values[start..<start + count]),
          limit: limit,
          overlap: overlap,
          threshold: threshold
        )
        for box in kept { selected += [Int64(image), Int64(kind), Int64(box)] }
      }
    }
    return [try Tensor(selected, shape: [selected.count / 3, 3]).moved(to: boxes.device)]
  }

  private static func corners(_ boxes: Tensor, areCentres: Bool) throws -> [Box] {
    let values = try boxes.floats()
    return stride(from: 0, to: values.count, by: 4).map { index in
      let (a, b, c, d) = (
        values[index], values[index + 1], values[index + 2], values[index + 3]
      )
      // Centres come as x, y, width, height; corners as y, x, y, x in any order.
      return areCentres
        ? Box(left: a - c / 2, top: b - d / 2, right: a + c / 2, bottom: b + d / 2)
        : Box(left: min(b, d), top: min(a, c), right: max(b, d), bottom: max(a, c))
    }
  }

  // MARK: Regions

  /// The channels of the map that regions are taken from.
  private static func channels(of input: ValueFacts) throws(OperatorError) -> Int? {
    guard let sizes = input.sizes else { return nil }
    guard sizes.count == 4 else {
      throw .mismatch("the map that regions are taken from has \(sizes.count) axes, 4 are needed")
    }
    return sizes[1]
  }

  private static let alignShapes: ShapeRule = { (call) throws(OperatorError) in
    let input = try call.input(0)
    return [
      ValueFacts(
        element: input.element,
        sizes: [
          try call.input(1).sizes?.first ?? nil, try channels(of: input),
          call.node.int("output_height", default: 1), call.node.int("output_width", default: 1),
        ]
      )
    ]
  }

  private static let poolShapes: ShapeRule = { (call) throws(OperatorError) in
    let input = try call.input(0)
    let pooled = call.node.ints("pooled_shape") ?? []
    return [
      ValueFacts(
        element: input.element,
        sizes: [try call.input(1).sizes?.first ?? nil, try channels(of: input)]
          + pooled.map(Optional.some)
      )
    ]
  }

  private static let poolRegions: Kernel = { call in
    let input = try call.input(0)
    let regions = try call.input(1).doubles()
    let scale = Double(call.node.float("spatial_scale", default: 1))
    let pooled = call.node.ints("pooled_shape") ?? [1, 1]
    let (height, width) = (input.shape[2], input.shape[3])
    var results: [Tensor] = []
    for start in stride(from: 0, to: regions.count, by: 5) {
      let edges = regions[start + 1..<start + 5].map { Int(($0 * scale).rounded()) }
      let (left, top) = (edges[0], edges[1])
      let (right, bottom) = (max(edges[2], left) + 1, max(edges[3], top) + 1)
      let image = try input.sliced(
        along: 0,
        from: Int(regions[start]),
        to: Int(regions[start]) + 1
      )
      // What a region has outside the image never wins; where there is nothing else the maximum is 0.
      let region = try image.padded(
        before: [-top, -left],
        after: [bottom - height, right - width],
        value: -.infinity
      )
      let maxima = try ATen.many("adaptive_max_pool2d", "", region, pooled)[0]
      results.append(
        try ATen.one(
          "masked_fill",
          "Scalar",
          maxima,
          maxima .== -Double.infinity,
          0
        )
      )
    }
    guard !results.isEmpty else {
      return [
        try Tensor.full(
          [0, input.shape[1]] + pooled,
          0,
          dtype: input.dtype,
          device: input.device
        )
      ]
    }
    return [try Tensor.concatenated(results, along: 0)]
  }
}

/// A box by its edges.
struct Box: Sendable {
  let left, top, right, bottom: Float

  /// Indices of the boxes that are kept, best first: each overlaps no better one of those by more than `overlap`.
  static func suppress(
    _ boxes: [Box],
    scores: [Float],
    limit: Int,
    overlap: Float,
    threshold: Float?
  ) -> [Int] {
    var order = Array(scores.indices)
    if let threshold { order = order.filter { scores[$0] > threshold } }
    order.sort { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
    var kept: [Int] = []
    for index in order {
      if kept.count >= limit { break }
      if kept.allSatisfy({ boxes[$0].overlap(boxes[index]) <= overlap }) { kept.append(index) }
    }
    return kept
  }

  /// Intersection over union; 0 where either has no area.
  func overlap(_ other: Box) -> Float {
    let width = min(right, other.right) - max(left, other.left)
    let height = min(bottom, other.bottom) - max(top, other.top)
    guard width > 0, height > 0 else { return 0 }
    let common = width * height
    let union =
      (right - left) * (bottom - top) + (other.right - other.left) * (other.bottom - other.top)
      - common
    return union > 0 ? common / union : 0
  }
}
