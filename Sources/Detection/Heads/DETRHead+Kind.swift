import Datasets

extension HeadKind {
  /// DETR and its descendants.
  package static let detr = HeadKind(
    DETRHead.name,
    doc:
      "Logits of classes and centre boxes by queries (DETR, YOLOS; Deformable and Conditional DETR, RT-DETR, D-FINE, RF-DETR).",
    preparation: preparation,
    selection: BoxSelection(overlap: nil),
    match: { network in
      if let (output, isRanked) = single(network) {
        let row = isRanked ? "score and class" : "scores"
        return .fits(
          "\(output.name) is \(output.shape): boxes of queries in shares of the input, with \(row)"
        )
      }
      guard let (scores, boxes) = pair(network) else {
        return .misses(
          "no two outputs are images x queries x classes and images x queries x 4",
          marks: network.outputs.contains { $0.columns == 4 } ? 1 : 0
        )
      }
      guard isOfQueries(network, scores, boxes) else {
        return .misses(
          "\(boxes.name) (\(boxes.shape)) has no sigmoid before it, as shares of centre boxes have",
          marks: network.has(.softmax, before: scores) ? 1 : 2
        )
      }
      let isSoftmax = !isFocal(network, boxes, count: scores.columns)
      return .fits(
        "\(boxes.name) is \(boxes.shape), centre boxes of queries; \(scores.name) is \(scores.shape), "
          + (isSoftmax ? "softmax with a last class that is none" : "a sigmoid for each class")
      )
    },
    make: make
  )

  /// Networks whose boxes are sigmoids of a layer score by softmax; those that refine points, and add logits to do it, by sigmoids.
  private static func isFocal(
    _ network: NetworkInterface,
    _ boxes: NetworkInterface.Value,
    count: Int?,
    named: Int? = nil
  ) -> Bool {
    if let count, let named = named ?? network.namedClasses {
      if count == named { return true }
      if count == named + 1 { return false }
    }
    // COCO's ids end at 90; the class that is none comes after them.
    if count == 92 { return false }
    return refines(network, boxes)
  }

  private static func refines(_ network: NetworkInterface, _ boxes: NetworkInterface.Value) -> Bool
  {
    network.has(.logarithm, before: boxes) || network.has(.exponential, before: boxes)
  }

  /// RT-DETR's descendants take plain shares of bytes, others ImageNet's statistics; all stretch.
  private static func preparation(_ network: NetworkInterface) -> ImagePreparation {
    let boxes = single(network)?.output ?? pair(network)?.boxes
    let isPlain = boxes.map {
      network.has(.ranking, before: $0) && !network.has(.exponential, before: $0)
    }
    return ImagePreparation(normalization: isPlain ?? false ? .unit : .imageNet)
  }

  private static let scoreNames: Set = ["logits", "pred_logits", "labels", "scores"]
  private static let boxNames: Set = ["boxes", "pred_boxes", "dets", "bboxes"]

  /// The outputs of scores and boxes: of as many queries, one of four numbers.
  private static func pair(
    _ network: NetworkInterface
  ) -> (scores: NetworkInterface.Value, boxes: NetworkInterface.Value)? {
    let flat = network.outputs.filter { $0.rank == 3 }
    let fours = flat.filter { $0.columns == 4 }
    guard let boxes = fours.count == 1 ? fours[0] : network.output(among: boxNames),
      boxes.columns == 4
    else { return nil }
    let others = flat.filter { $0.name != boxes.name && $0.rows == boxes.rows && $0.columns != nil }
    guard let scores = others.count == 1 ? others[0] : network.output(among: scoreNames),
      scores.rank == 3, scores.name != boxes.name
    else { return nil }
    return (scores, boxes)
  }

  /// Whether boxes are of queries rather than of cells or priors.
  private static func isOfQueries(
    _ network: NetworkInterface,
    _ scores: NetworkInterface.Value,
    _ boxes: NetworkInterface.Value
  ) -> Bool {
    let isNamed =
      (scores.name.lowercased().contains("logits") && boxNames.contains(boxes.name.lowercased()))
      || (boxes.name.lowercased() == "dets" && scores.name.lowercased() == "labels")
    return isNamed
      || (network.has(.sigmoid, before: boxes) && !network.has(.softmax, before: scores))
  }

  /// Ultralytics' RT-DETR, all in one output; whether it ranks boxes by itself, as its later exports do.
  private static func single(
    _ network: NetworkInterface
  ) -> (output: NetworkInterface.Value, isRanked: Bool)? {
    let flat = network.outputs.filter { $0.rank == 3 && ($0.columns ?? 0) >= 5 }
    guard flat.count == 1, network.outputs.count == 1, let columns = flat[0].columns else {
      return nil
    }
    let isSaid = network.metadata["head"]?.contains("RTDETR") ?? false
    let isShown =
      network.has(.ranking, before: flat[0]) && network.has(.logarithm, before: flat[0])
      && network.has(.sigmoid, before: flat[0])
    guard isSaid || isShown else { return nil }
    let isOfClasses = network.namedClasses == columns - 4
    let isRanked =
      columns == 6 && (!isOfClasses || network.has(.remainder, before: flat[0]))
    return (flat[0], isRanked)
  }

  private static func make(
    _ network: NetworkInterface,
    _ options: HeadOptions
  ) throws -> any Head {
    if let (output, isRanked) = single(network) {
      return DETRHead(
        layout: isRanked ? .ranked(output.name) : .joined(output.name),
        classes: isRanked ? network.namedClasses : output.columns.map { $0 - 4 },
        activation: options.activation ?? .none,
        background: options.background ?? .none
      )
    }
    guard let (scores, boxes) = pair(network) else {
      throw DetectionError.outputs(
        task: DETRHead.name,
        "no two outputs are of queries by classes and by 4 numbers: \(network.outputText)"
      )
    }
    let named = options.names.isEmpty ? network.namedClasses : options.names.count
    let isFocal =
      options.background.map { $0 == .none }
      ?? options.activation.map { $0 == .sigmoid }
      ?? isFocal(network, boxes, count: scores.columns, named: named)
    let background = options.background ?? (isFocal ? .none : .last)
    return DETRHead(
      layout: .apart(scores: scores.name, boxes: boxes.name),
      classes: scores.columns.map { background == .none ? $0 : $0 - 1 },
      activation: options.activation
        ?? network.activation(of: scores, else: isFocal ? .sigmoid : .softmax),
      background: background
    )
  }
}
