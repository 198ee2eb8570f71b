import Datasets
import Glibc
import Graphs
import Tensors

/// Detectors that say each side of a box as a distribution of distances from a cell's point.
struct GFLHead: Head {
  static let name = "gfl"

  /// Where scores and distributions stand.
  enum Layout: Sendable, Hashable {
    /// Images x cells x (classes, distributions): NanoDet's.
    case joined(String)
    /// For each stride an output of scores and one of distributions: PicoDet's.
    case perStride(scores: [String], distances: [String])
    /// Boxes in pixels of the input, and scores.
    case decoded(boxes: String, scores: String)
  }

  let layout: Layout
  let classes: Int?
  private let scored: Int
  /// The numbers of a distribution.
  let bins: Int
  let strides: [Int]
  /// Where a cell's point lies in it; nil for NanoDet's: in the middle, at the corner where there are four strides.
  let offset: Float?
  let activation: HeadOptions.Activation
  let asked: HeadCompanions

  init(
    layout: Layout,
    classes: Int,
    bins: Int,
    strides: [Int],
    offset: Float?,
    activation: HeadOptions.Activation,
    asked: HeadCompanions
  ) {
    self.layout = layout
    self.classes = classes
    scored = classes
    self.bins = bins
    self.strides = strides
    self.offset = offset
    self.activation = activation
    self.asked = asked
  }

  func companions(images: Int, input: PixelSize) -> [String: Constant] {
    asked.arrays(images: images, input: input)
  }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    switch layout {
    case .joined(let output):
      let found = try outputs.table(output, columns: scored + 4 * bins)
      return try (0..<outputs.images).map { image in
        let starts = (0..<found.rows).map { found.start(image, $0) }
        return try rows(
          scores: starts.flatMap { found.values[$0..<$0 + scored] },
          distances: starts.flatMap { found.values[$0 + scored..<$0 + found.columns] },
          input
        )
      }
    case .perStride(let scores, let distances):
      let scores = try scores.map { try outputs.table($0, columns: scored) }
      let distances = try distances.map { try outputs.table($0, columns: 4 * bins) }
      return try (0..<outputs.images).map { image in
        try rows(
          scores: scores.flatMap { $0.image(image) },
          distances: distances.flatMap { $0.image(image) },
          input
        )
      }
    case .decoded(let boxes, let scores):
      let found = try outputs.table(boxes, columns: 4)
      let scores = try outputs.table(scores, columns: scored)
      return (0..<outputs.images).map { image in
        let boxes = (0..<found.rows).map { row in
          let (left, top, right, bottom) = found.four(image, row)
          return Suppression.Corners(left: left, top: top, right: right, bottom: bottom)
        }
        let shaped = activation.applied(to: Array(scores.image(image)), columns: scored)
        return HeadRows(boxes: boxes, scores: shaped, classes: scored)
      }
    }
  }

  private func rows(scores: [Float], distances: [Float], _ input: PixelSize) throws -> HeadRows {
    let cells = try GridCells.found(
      scores.count / scored,
      strides: strides,
      in: input,
      head: Self.name
    )
    let offset = offset ?? (cells.maps.count == 4 ? 0 : 0.5)
    let shares = HeadOptions.Activation.softmax.applied(to: distances, columns: bins)
    /// The mean of a side's distribution.
    func distance(_ cell: Int, _ side: Int) -> Float {
      let start = (cell * 4 + side) * bins
      return (0..<bins).reduce(0) { $0 + Float($1) * shares[start + $1] }
    }
    var boxes: [Suppression.Corners] = []
    cells.forEach { cell, column, row, stride in
      let (x, y) = ((Float(column) + offset) * stride, (Float(row) + offset) * stride)
      boxes.append(
        Suppression.Corners(
          left: x - distance(cell, 0) * stride,
          top: y - distance(cell, 1) * stride,
          right: x + distance(cell, 2) * stride,
          bottom: y + distance(cell, 3) * stride
        )
      )
    }
    let shaped = activation.applied(to: scores, columns: scored)
    return HeadRows(boxes: boxes, scores: shaped, classes: scored)
  }
}
