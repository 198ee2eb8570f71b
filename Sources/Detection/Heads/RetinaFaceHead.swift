import Datasets

extension HeadKind {
  private static let squares = SSDHead.PriorKind.squares(
    strides: [8, 16, 32],
    sides: [[16, 32], [64, 128], [256, 512]],
    clamps: false
  )

  /// RetinaFace by PyTorch: SSD's outputs with landmarks over squares of its own.
  package static let retinaface = HeadKind(
    "retinaface",
    doc:
      "Boxes, scores and landmarks of faces over two squares for each of three strides (RetinaFace in PyTorch).",
    preparation: { _ in
      ImagePreparation(
        normalization: Normalization(
          divisor: 1,
          mean: [123, 117, 104],
          deviation: [],
          order: .bgr
        ),
        fit: .letterboxCorner
      )
    },
    selection: .faces(overlap: 0.4),
    match: { network in
      guard let (scores, boxes, landmarks) = parts(network) else {
        return .misses("no three outputs are images x boxes x 4, x 2 and x 10", marks: 0)
      }
      guard let size = network.imageSize, squares.priors(0, size)?.all.count == boxes.rows else {
        return .misses(
          "\(boxes.name) is \(boxes.shape), other than two squares for each cell of strides 8, 16 and 32",
          marks: 2
        )
      }
      return .fits(
        "\(boxes.name) is \(boxes.shape), \(scores.name) \(scores.shape), \(landmarks.name) \(landmarks.shape): faces with "
          + "landmarks over RetinaFace's squares"
      )
    }
  ) { network, options in
    guard let (scores, boxes, _) = parts(network) else {
      throw DetectionError.outputs(
        task: "retinaface",
        "no three outputs are boxes x 4, x 2 and x 10: \(network.outputText)"
      )
    }
    return SSDHead(
      head: "retinaface",
      scores: scores.name,
      boxes: boxes.name,
      form: .encoded(squares),
      columns: 2,
      activation: options.activation ?? network.activation(of: scores, else: .softmax)
    )
  }

  private static func parts(
    _ network: NetworkInterface
  ) -> (
    scores: NetworkInterface.Value, boxes: NetworkInterface.Value,
    landmarks: NetworkInterface.Value
  )? {
    func first(_ columns: Int) -> NetworkInterface.Value? {
      network.outputs.first { $0.columns == columns }
    }
    guard network.outputs.count == 3, let scores = first(2), let boxes = first(4),
      let landmarks = first(10), scores.rows == boxes.rows, landmarks.rows == boxes.rows
    else { return nil }
    return (scores, boxes, landmarks)
  }
}
