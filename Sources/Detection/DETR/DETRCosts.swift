import Foundation

/// What queries cost as truths: classes, distances of boxes, and what they miss of overlap.
struct DETRCosts: Sendable {
  let scores: [Float]
  let boxes: [Float]
  let queries: Int
  let channels: Int
  /// Whether scores are shares of 1.
  let isShared: Bool
  /// The channel of class 0.
  let firstClass: Int

  private static let classFactor = 2.0
  private static let boxFactor = 5.0
  private static let overlapFactor = 2.0

  func matches(_ truths: [LabelledBox], image: Int) -> [DETRMatch] {
    let said = (0..<queries).map { box(image, $0) }
    let columns = LeastAssignment.columns(rows: truths.count, columns: queries) { truth, query in
      cost(truths[truth], said[query], score(image, query, truths[truth].category))
    }
    return columns.enumerated().compactMap { truth, query in
      query.map { DETRMatch(query: $0, truth: truth, overlap: said[$0].iou(truths[truth].box)) }
    }
  }

  private func cost(_ truth: LabelledBox, _ said: Edges, _ score: Double) -> Double {
    let distance =
      abs(said.x - truth.box.x) + abs(said.y - truth.box.y)
      + abs(said.width - truth.box.width) + abs(said.height - truth.box.height)
    return classCost(score) + Self.boxFactor * distance
      - Self.overlapFactor * said.generalizedIoU(truth.box)
  }

  /// The share itself of a softmax; the difference of the focal loss as object and as none else.
  private func classCost(_ score: Double) -> Double {
    if isShared { return -score }
    let none = 0.75 * score * score * -log(1 - score + 1e-8)
    let some = 0.25 * (1 - score) * (1 - score) * -log(score + 1e-8)
    return Self.classFactor * (some - none)
  }

  private func score(_ image: Int, _ query: Int, _ category: Int) -> Double {
    Double(scores[(image * queries + query) * channels + category + firstClass])
  }

  private func box(_ image: Int, _ query: Int) -> Edges {
    let place = (image * queries + query) * 4
    return Edges(
      x: Double(boxes[place]),
      y: Double(boxes[place + 1]),
      width: Double(boxes[place + 2]),
      height: Double(boxes[place + 3])
    )
  }
}
