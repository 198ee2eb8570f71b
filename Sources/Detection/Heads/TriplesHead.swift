import Datasets
import Graphs
import Tensors

/// Detectors that choose their boxes themselves and say boxes, classes and scores each in an output of its own.
struct TriplesHead: Head {
  static let name = "triples"

  /// What a network's outputs are called.
  struct Outputs: Sendable, Hashable {
    let boxes: String
    /// Nil where a box's fifth number is its score.
    let scores: String?
    let labels: String
    /// How many boxes there are, where more are said.
    let count: String?
  }

  let outputs: Outputs
  /// Whether boxes are top, left, bottom, right in shares, as TensorFlow has them, or left, top, right, bottom in pixels.
  let isTensorFlow: Bool
  /// The label of the first class.
  let first: Int
  let classes: Int?
  let asked: HeadCompanions

  func companions(images: Int, input: PixelSize) -> [String: Constant] {
    asked.arrays(images: images, input: input)
  }

  func rows(_ given: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    let boxes = try given.table(outputs.boxes, columns: outputs.scores == nil ? 5 : 4)
    let labels = try given.table(outputs.labels, columns: 1)
    let scores = try outputs.scores.map { try given.table($0, columns: 1) }
    let counts = try outputs.count.map { try given.table($0, columns: 1) }
    guard labels.rows == boxes.rows, scores?.rows ?? boxes.rows == boxes.rows else {
      throw DetectionError.outputs(
        task: Self.name,
        "there are \(boxes.rows) boxes, \(labels.rows) labels and \(scores?.rows ?? boxes.rows) scores"
      )
    }
    return (0..<given.images).map { image in
      let said = counts.flatMap { counts in
        counts.rows == 1 ? HeadRows.label(counts.values[counts.start(image, 0)]) : nil
      }
      let places = 0..<min(boxes.rows, max(0, said ?? boxes.rows))
      return HeadRows(
        boxes: places.map { corners(boxes.four(image, $0), input) },
        labels: places.map { HeadRows.label(labels.values[labels.start(image, $0)]) - first },
        scores: places.map { row in
          scores.map { $0.values[$0.start(image, row)] }
            ?? boxes.values[boxes.start(image, row) + 4]
        }
      )
    }
  }

  private func corners(
    _ four: (Float, Float, Float, Float),
    _ input: PixelSize
  ) -> Suppression.Corners {
    guard isTensorFlow else {
      return Suppression.Corners(left: four.0, top: four.1, right: four.2, bottom: four.3)
    }
    let (width, height) = (Float(input.width), Float(input.height))
    return Suppression.Corners(
      left: four.1 * width,
      top: four.0 * height,
      right: four.3 * width,
      bottom: four.2 * height
    )
  }
}
