import Datasets
import Graphs
import Tensors

/// MediaPipe's BlazeFace: boxes with six landmarks beside points of two maps, or chosen inside.
struct BlazeFaceHead: Head {
  static let name = "blazeface"

  /// Where boxes and scores stand.
  enum Layout: Sendable, Hashable {
    /// Scores and 16 numbers for each of 896 points.
    case raw(boxes: String, scores: String)
    /// Rows of corners, landmarks and score: top, left, bottom, right in shares of the input.
    case chosen(String)
  }

  /// The maps' sides and a cell's points.
  static let maps = [(side: 16, points: 2), (side: 8, points: 6)]
  /// How many points there are.
  static let count = maps.reduce(0) { $0 + $1.side * $1.side * $1.points }

  let layout: Layout
  let activation: HeadOptions.Activation
  let asked: HeadCompanions
  var classes: Int? { 1 }

  func companions(images: Int, input: PixelSize) -> [String: Constant] {
    asked.arrays(images: images, input: input)
  }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    let (width, height) = (Float(input.width), Float(input.height))
    switch layout {
    case .raw(let boxes, let scores):
      let boxes = try outputs.table(boxes, columns: 16)
      let scores = try outputs.table(scores, columns: 1)
      guard boxes.rows == Self.count, scores.rows == Self.count else {
        throw DetectionError.outputs(
          task: Self.name,
          "there are \(boxes.rows) boxes and \(scores.rows) scores; BlazeFace has \(Self.count) points"
        )
      }
      let points = Self.points
      return (0..<outputs.images).map { image in
        let corners = points.enumerated().map { row, point in
          let (x, y, across, down) = boxes.four(image, row)
          return Suppression.Corners(
            centerX: point.x * width + x,
            centerY: point.y * height + y,
            width: across,
            height: down
          )
        }
        let raw = scores.image(image).map { min(max($0, -100), 100) }
        return HeadRows(
          boxes: corners,
          scores: activation.applied(to: raw, columns: 1),
          classes: 1
        )
      }
    case .chosen(let output):
      let found = try outputs.table(output, columns: 17)
      return (0..<outputs.images).map { image in
        let corners = (0..<found.rows).map { row in
          let (top, left, bottom, right) = found.four(image, row)
          return Suppression.Corners(
            left: left * width,
            top: top * height,
            right: right * width,
            bottom: bottom * height
          )
        }
        let scores = (0..<found.rows).map { found.values[found.start(image, $0) + 16] }
        return HeadRows(boxes: corners, scores: scores, classes: 1)
      }
    }
  }

  /// The points in shares of the input, map after map, those of a cell in one place.
  private static var points: [(x: Float, y: Float)] {
    maps.flatMap { map in
      (0..<map.side * map.side).flatMap { cell in
        let x = (Float(cell % map.side) + 0.5) / Float(map.side)
        let y = (Float(cell / map.side) + 0.5) / Float(map.side)
        return [(x: Float, y: Float)](repeating: (x, y), count: map.points)
      }
    }
  }
}

extension HeadKind {
  /// MediaPipe's BlazeFace.
  package static let blazeface = HeadKind(
    BlazeFaceHead.name,
    doc:
      "Scores and 16 numbers of faces for 896 points, or rows of 17 chosen inside (MediaPipe's BlazeFace, front and back).",
    preparation: { _ in
      ImagePreparation(normalization: .unit, fit: .letterbox, fill: 0)
    },
    selection: .faces(overlap: 0.3),
    match: { network in
      guard let layout = blazeFaceLayout(network) else {
        return .misses(
          "no outputs are images x 896 x 16 and images x 896 x 1, or rows of 17",
          marks: network.outputs.contains { $0.columns == 16 } ? 1 : 0
        )
      }
      if let stranger = HeadCompanions(network).stranger {
        return .misses("what its input '\(stranger)' wants is not known", marks: 2)
      }
      return switch layout {
      case .raw(let boxes, let scores):
        .fits("\(boxes) and \(scores) are boxes with six landmarks and scores of 896 points")
      case .chosen(let output):
        .fits("\(output) has rows of corners, six landmarks and score, chosen inside")
      }
    }
  ) { network, options in
    guard let layout = blazeFaceLayout(network) else {
      throw DetectionError.outputs(
        task: BlazeFaceHead.name,
        "no outputs are of 896 points: \(network.outputText)"
      )
    }
    var activation = HeadOptions.Activation.none
    if case .raw(_, let scores) = layout, let output = network.output(scores) {
      activation = network.activation(of: output, else: .sigmoid)
    }
    return BlazeFaceHead(
      layout: layout,
      activation: options.activation ?? activation,
      asked: HeadCompanions(network)
    )
  }

  private static func blazeFaceLayout(_ network: NetworkInterface) -> BlazeFaceHead.Layout? {
    func table(_ columns: Int) -> NetworkInterface.Value? {
      network.outputs.first { $0.columns == columns && $0.rows == BlazeFaceHead.count }
    }
    if let boxes = table(16), let scores = table(1), network.outputs.count == 2 {
      return .raw(boxes: boxes.name, scores: scores.name)
    }
    guard network.outputs.count == 1, network.outputs[0].rank == 2,
      network.outputs[0].size(1) == 17
    else { return nil }
    return .chosen(network.outputs[0].name)
  }
}
