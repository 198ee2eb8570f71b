import Datasets

extension HeadKind {
  private static let squares = SSDHead.PriorKind.squares(
    strides: [8, 16, 32, 64],
    sides: [[10, 16, 24], [32, 48], [64, 96], [128, 192, 256]],
    clamps: true
  )

  /// Ultra-Light-Fast-Generic-Face-Detector: SSD's outputs over squares of its own.
  package static let ultraface = HeadKind(
    "ultraface",
    doc:
      "Scores and boxes of faces over squares for four strides, decoded or not (UltraFace, slim and RFB).",
    preparation: { _ in .halves(127) },
    selection: .faces(overlap: 0.5),
    match: { network in
      guard let size = network.imageSize,
        let boxes = network.outputs.first(where: { $0.columns == 4 }),
        let scores = network.outputs.first(where: { $0.columns == 2 }), network.outputs.count == 2
      else {
        return .misses("no two outputs are images x boxes x 2 and images x boxes x 4", marks: 0)
      }
      let count = squares.priors(0, size)?.all.count
      guard boxes.rows == count, scores.rows == count else {
        return .misses(
          "\(boxes.name) is \(boxes.shape); an input of \(size.width)x\(size.height) has \(count ?? 0) squares",
          marks: 2
        )
      }
      let isDecoded = network.has(.exponential, before: boxes)
      return .fits(
        "\(scores.name) is \(scores.shape) and \(boxes.name) \(boxes.shape): faces over UltraFace's squares, "
          + (isDecoded ? "corners in shares" : "not decoded")
      )
    }
  ) { network, options in
    guard let boxes = network.outputs.first(where: { $0.columns == 4 }),
      let scores = network.outputs.first(where: { $0.columns == 2 })
    else {
      throw DetectionError.outputs(
        task: "ultraface",
        "no two outputs are boxes x 2 and boxes x 4: \(network.outputText)"
      )
    }
    return SSDHead(
      head: "ultraface",
      scores: scores.name,
      boxes: boxes.name,
      form: network.has(.exponential, before: boxes) ? .corners : .encoded(squares),
      columns: 2,
      activation: options.activation ?? network.activation(of: scores, else: .softmax)
    )
  }
}
