import Datasets
import Tensors

/// Detectors by queries: scores of classes, and centre and sides in shares of the input.
struct DETRHead: Head {
  static let name = "detr"

  /// Where boxes and scores stand.
  enum Layout: Sendable, Hashable {
    /// Scores and boxes are outputs of their own.
    case apart(scores: String, boxes: String)
    /// Images x queries x (box, classes).
    case joined(String)
    /// Images x boxes x (box, score, class), ranked inside.
    case ranked(String)
  }

  let layout: Layout
  let classes: Int?
  let activation: HeadOptions.Activation
  let background: HeadOptions.Background

  var matchedRows: [MatchedRows] {
    // Queries that are chosen by rank are others in another network.
    guard case .apart(let scores, let boxes) = layout, activation == .softmax, background == .last
    else { return [] }
    return [
      MatchedRows(
        boxes: .init(boxes, axis: 2),
        form: .centre,
        scores: .init(scores, axis: 2),
        kind: .softmax
      )
    ]
  }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    switch layout {
    case .apart(let scores, let boxes):
      let found = try outputs.table(boxes, columns: 4)
      let logits = try outputs.values(scores, [outputs.images, found.rows, nil])
      return (0..<outputs.images).map { image in
        let corners = Self.corners(found, image, input)
        return rows(corners, Array(logits.image(image)), columns: logits.sizes[2])
      }
    case .joined(let output):
      let found = try outputs.table(output, leastColumns: 5)
      return (0..<outputs.images).map { image in
        var scores: [Float] = []
        for row in 0..<found.rows {
          let start = found.start(image, row)
          scores += found.values[start + 4..<start + found.columns]
        }
        return rows(Self.corners(found, image, input), scores, columns: found.columns - 4)
      }
    case .ranked(let output):
      let found = try outputs.table(output, columns: 6)
      return (0..<outputs.images).map { image in
        let starts = (0..<found.rows).map { found.start(image, $0) }
        return HeadRows(
          boxes: Self.corners(found, image, input),
          labels: starts.map { HeadRows.label(found.values[$0 + 5]) },
          scores: starts.map { found.values[$0 + 4] }
        )
      }
    }
  }

  private static func corners(
    _ found: HeadTable,
    _ image: Int,
    _ input: PixelSize
  ) -> [Suppression.Corners] {
    let (width, height) = (Float(input.width), Float(input.height))
    return (0..<found.rows).map { row in
      let (x, y, across, down) = found.four(image, row)
      return Suppression.Corners(
        centerX: x * width,
        centerY: y * height,
        width: across * width,
        height: down * height
      )
    }
  }

  /// Boxes with what they score; of one class each where the classes shut each other out.
  private func rows(_ boxes: [Suppression.Corners], _ logits: [Float], columns: Int) -> HeadRows {
    let scores = activation.applied(to: logits, columns: columns)
    let known: Range<Int>
    switch background {
    case .none: return HeadRows(boxes: boxes, scores: scores, classes: columns)
    case .first: known = 1..<columns
    case .last: known = 0..<columns - 1
    }
    var labels: [Int] = []
    var best: [Float] = []
    for box in boxes.indices {
      let start = box * columns
      let place = known.reduce(known.lowerBound) {
        scores[start + $1] > scores[start + $0] ? $1 : $0
      }
      labels.append(place - known.lowerBound)
      best.append(known.isEmpty ? 0 : scores[start + place])
    }
    return HeadRows(boxes: boxes, labels: labels, scores: best)
  }
}
