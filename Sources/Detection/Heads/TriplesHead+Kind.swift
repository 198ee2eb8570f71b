import Datasets
import Graphs

extension HeadKind {
  /// Outputs of boxes, labels and scores.
  package static let triples = HeadKind(
    TriplesHead.name,
    doc:
      "Boxes, labels and scores in outputs of their own, chosen inside (torchvision, RT-DETR's and D-FINE's own exports, TensorFlow's four, EfficientNMS, mmdeploy).",
    preparation: { network in
      // TensorRT's plugin stands behind YOLOs.
      let isYOLO = outputs(network)?.count.map { $0.hasPrefix("num_det") && !isTensorFlow(network) }
      return isYOLO ?? false ? .ultralytics : ImagePreparation(normalization: .unit)
    },
    selection: BoxSelection(overlap: nil),
    match: { network in
      guard let found = outputs(network) else {
        let marks = network.outputs.contains { [4, 5].contains($0.sizes?.last ?? 0) } ? 1 : 0
        return .misses(
          "no three outputs are boxes of 4 numbers, their labels and their scores",
          marks: marks
        )
      }
      guard network.image != nil else {
        let inputs = network.inputs.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
        return .misses(
          "no input is images x 3 x height x width (\(inputs)); export the network with channels first",
          marks: 3
        )
      }
      if let stranger = HeadCompanions(network).stranger {
        return .misses("what its input '\(stranger)' wants is not known", marks: 3)
      }
      let scores = found.scores.map { "scores in \($0)" } ?? "the score a box's fifth number"
      return .fits(
        "\(found.boxes) has boxes\(isTensorFlow(network) ? " as TensorFlow's" : ""), \(found.labels) their labels, \(scores)"
      )
    }
  ) { network, options in
    guard let found = outputs(network) else {
      throw DetectionError.outputs(
        task: TriplesHead.name,
        "no three outputs are boxes, labels and scores: \(network.outputText)"
      )
    }
    let first = firstLabel(network, found, options)
    return TriplesHead(
      outputs: found,
      isTensorFlow: isTensorFlow(network),
      first: first,
      // Of COCO's 80 classes, those who count from 1 say the ids, which leave gaps.
      classes: first == 1 && options.expected == 80 && options.names.isEmpty ? 90 : nil,
      asked: HeadCompanions(network)
    )
  }

  private static func isTensorFlow(_ network: NetworkInterface) -> Bool {
    network.outputs.contains { $0.name.hasPrefix("detection_boxes") }
  }

  /// TensorFlow and torchvision count classes from 1, since 0 is none; torchvision's boxes have no axis of images.
  private static func firstLabel(
    _ network: NetworkInterface,
    _ found: TriplesHead.Outputs,
    _ options: HeadOptions
  ) -> Int {
    if let background = options.background { return background == .first ? 1 : 0 }
    let isFlat = network.output(found.boxes)?.rank == 2 && found.scores != nil
    return isTensorFlow(network) || (isFlat && !HeadCompanions(network).asks(.size)) ? 1 : 0
  }

  /// Boxes with four or five numbers, and what has one for each of them: labels are whole numbers, or told by their name.
  private static func outputs(_ network: NetworkInterface) -> TriplesHead.Outputs? {
    let tables = network.outputs.filter { (2...3).contains($0.rank ?? 0) }
    let wide = tables.filter { [4, 5].contains($0.sizes?.last ?? 0) }
    func named(_ words: [String]) -> (NetworkInterface.Value) -> Bool {
      { value in words.contains { value.name.lowercased().contains($0) } }
    }
    guard let boxes = wide.first(where: named(["box", "det"])) ?? wide.first,
      let rank = boxes.rank, let width = boxes.sizes?.last
    else { return nil }
    let isNumber = named(["num"])
    let ones = network.outputs.filter { value in
      guard value.name != boxes.name, !isNumber(value) else { return false }
      return value.rank == rank - 1 || (value.rank == rank && value.sizes?.last == 1)
    }
    let isLabel = named(["label", "class", "categor"])
    let wholes = ones.filter { [.int64, .int32].contains($0.element) }
    // Names may be given in the wrong order; whole numbers are no scores.
    guard let labels = wholes.count == 1 ? wholes[0] : ones.first(where: isLabel) else {
      return nil
    }
    let others = ones.filter { value in
      value.name != labels.name && !wholes.contains { $0.name == value.name }
    }
    let scores = others.first(where: named(["score", "conf"])) ?? others.first
    guard scores != nil || width == 5 else { return nil }
    return TriplesHead.Outputs(
      boxes: boxes.name,
      scores: width == 5 ? nil : scores?.name,
      labels: labels.name,
      count: network.outputs.first(where: isNumber)?.name
    )
  }
}
