import Datasets

extension HeadKind {
  /// Heads of generalized focal loss: NanoDet, PicoDet, and PP-YOLOE and YOLO-NAS where they are decoded alike.
  package static let gfl = HeadKind(
    GFLHead.name,
    doc:
      "Distributions of distances, joined or per stride, or boxes decoded of them beside scores (NanoDet, PicoDet; PP-YOLOE, YOLO-NAS).",
    preparation: preparation,
    selection: BoxSelection(overlap: 0.6),
    match: { network in
      guard let shape = GFLShape(network) else {
        let marks = network.outputs.contains { $0.columns == 4 * GFLShape.bins } ? 2 : 0
        return .misses(
          "no outputs are classes and 4 x \(GFLShape.bins) distances, or boxes and scores, for each cell",
          marks: marks
        )
      }
      return .fits(shape.reason)
    }
  ) { network, options in
    guard let shape = GFLShape(network, classes: options.classes(named: nil)) else {
      throw DetectionError.outputs(
        task: GFLHead.name,
        "no outputs are distributions for each cell, or boxes and scores: \(network.outputText)"
      )
    }
    return GFLHead(
      layout: shape.layout,
      classes: shape.classes,
      bins: shape.binCount,
      strides: options.strides,
      offset: (options.offset.map { Float($0) }) ?? shape.offset,
      activation: options.activation ?? network.activation(of: shape.scored, else: .sigmoid),
      asked: HeadCompanions(network)
    )
  }

  private static func preparation(_ network: NetworkInterface) -> ImagePreparation {
    let picoDet = ImagePreparation(normalization: .imageNet, interpolation: .cubic)
    guard let shape = GFLShape(network) else { return picoDet }
    switch shape.layout {
    case .joined: return .nanoDet
    case .perStride: return shape.isNamedAsNanoDet ? .nanoDet : picoDet
    // PaddleDetection's scores are classes x boxes.
    case .decoded: return shape.scored.columns == shape.classes ? .ultralytics : picoDet
    }
  }
}

extension ImagePreparation {
  /// NanoDet's: blue first, ImageNet's statistics of bytes, stretched.
  fileprivate static let nanoDet = ImagePreparation(
    normalization: Normalization(
      divisor: 1,
      mean: [123.675, 116.28, 103.53],
      deviation: [58.395, 57.12, 57.375],
      order: .bgr
    )
  )
}

/// How a network's outputs are those of generalized focal loss.
private struct GFLShape {
  /// The usual numbers of a distribution, 0 to 7.
  static let bins = 8

  let layout: GFLHead.Layout
  let classes: Int
  let binCount: Int
  /// An output of scores.
  let scored: NetworkInterface.Value
  /// Where a cell's point lies in it, where the layout says it.
  let offset: Float?
  let reason: String
  var isNamedAsNanoDet: Bool { scored.name.contains("stride") }

  init?(_ network: NetworkInterface, classes: Int? = nil) {
    guard let size = network.imageSize else { return nil }
    guard
      let found = Self.perStride(network, size) ?? Self.decoded(network, size)
        ?? Self.joined(network, classes)
    else {
      return nil
    }
    self = found
  }

  private init(
    _ layout: GFLHead.Layout,
    classes: Int,
    bins: Int = GFLShape.bins,
    scored: NetworkInterface.Value,
    offset: Float? = 0.5,
    reason: String
  ) {
    self.layout = layout
    self.classes = classes
    binCount = bins
    self.scored = scored
    self.offset = offset
    self.reason = reason
  }

  /// One output; told from YOLOX's by the file's names, by COCO's or VOC's number of classes, by four strides, or by a split before it.
  private static func joined(_ network: NetworkInterface, _ given: Int?) -> GFLShape? {
    guard let found = network.cellRows(each: 1, least: 4 * bins + 1),
      !network.has(.exponential, before: found.output), !network.has(.product, before: found.output)
    else { return nil }
    var classes = found.columns - 4 * bins
    var count = bins
    if let known = given ?? network.namedClasses {
      let rest = found.columns - known
      guard rest > 4, rest.isMultiple(of: 4) else { return nil }
      (classes, count) = (known, rest / 4)
    } else {
      let isSure = [80, 20].contains(classes) || found.strides == [8, 16, 32, 64]
      guard isSure || network.has(.parting, before: found.output) else { return nil }
    }
    return GFLShape(
      .joined(found.output.name),
      classes: classes,
      bins: count,
      scored: found.output,
      offset: nil,
      reason:
        "\(found.output.name) is \(found.output.shape): \(HeadKind.counted(classes)) and 4 distributions of \(count) for each cell of "
        + "strides \(found.strides)"
    )
  }

  /// Pairs of outputs with as many cells, of classes and of distributions, fine maps first.
  private static func perStride(_ network: NetworkInterface, _ size: PixelSize) -> GFLShape? {
    let tables = network.outputs.filter { $0.columns != nil && $0.rows != nil }
    let distances = tables.filter { $0.columns == 4 * bins }
      .sorted { $0.rows ?? 0 > $1.rows ?? 0 }
    guard distances.count > 1, network.outputs.count == 2 * distances.count else { return nil }
    let scores = distances.compactMap { distance in
      tables.first { $0.rows == distance.rows && $0.columns != 4 * bins }
    }
    let cells = distances.reduce(0) { $0 + ($1.rows ?? 0) }
    guard scores.count == distances.count, Set(scores.map(\.columns)).count == 1,
      let classes = scores[0].columns, let strides = GridCells.strides(of: cells, in: size)
    else { return nil }
    return GFLShape(
      .perStride(scores: scores.map(\.name), distances: distances.map(\.name)),
      classes: classes,
      scored: scores[0],
      reason:
        "\(scores[0].name) (\(scores[0].shape)) and \(distances[0].name) (\(distances[0].shape)) are \(HeadKind.counted(classes)) and 4 "
        + "distributions of \(bins) for each cell of stride \(strides[0]), and so on to \(strides.last ?? 0)"
    )
  }

  /// Boxes and scores for each cell, the scores as classes x boxes or boxes x classes.
  private static func decoded(_ network: NetworkInterface, _ size: PixelSize) -> GFLShape? {
    guard let boxes = network.outputs.first(where: { $0.columns == 4 }), let count = boxes.rows,
      let strides = GridCells.strides(of: count, in: size), network.has(.product, before: boxes)
    else { return nil }
    for scores in network.outputs
    where scores.name != boxes.name && !network.has(.softmax, before: scores) {
      guard let rows = scores.rows, let columns = scores.columns else { continue }
      guard rows == count || columns == count, network.outputs.count == 2 else { continue }
      return GFLShape(
        .decoded(boxes: boxes.name, scores: scores.name),
        classes: rows == count ? columns : rows,
        scored: scores,
        reason:
          "\(boxes.name) (\(boxes.shape)) and \(scores.name) (\(scores.shape)) are boxes and scores for each cell of strides \(strides)"
      )
    }
    return nil
  }
}
