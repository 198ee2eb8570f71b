import Datasets
import Tensors

/// SCRFD: for each stride a face's score and its sides' distances from a cell's corner, two boxes a cell.
struct SCRFDHead: Head {
  static let name = "scrfd"

  /// The outputs of a stride.
  struct Level: Sendable, Hashable {
    let stride: Int
    /// Boxes of a cell.
    let anchors: Int
    let scores: String
    let boxes: String
  }

  let levels: [Level]
  let activation: HeadOptions.Activation
  let offset: Float
  var classes: Int? { 1 }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    let tables = try levels.map { level in
      let cells = GridCells(input, strides: [level.stride])
      let scores = try outputs.table(level.scores, columns: 1)
      let boxes = try outputs.table(level.boxes, columns: 4)
      guard scores.rows == boxes.rows, boxes.rows == cells.count * level.anchors else {
        throw DetectionError.outputs(
          task: Self.name,
          "'\(level.boxes)' has \(boxes.rows) rows; an input of \(input.width)x\(input.height) has \(cells.count) cells"
        )
      }
      return (level: level, cells: cells, scores: scores, boxes: boxes)
    }
    return (0..<outputs.images).map { image in
      var boxes: [Suppression.Corners] = []
      var scores: [Float] = []
      for table in tables {
        scores += activation.applied(to: Array(table.scores.image(image)), columns: 1)
        table.cells.forEach { cell, column, row, stride in
          let (x, y) = ((Float(column) + offset) * stride, (Float(row) + offset) * stride)
          for anchor in 0..<table.level.anchors {
            let four = table.boxes.four(image, cell * table.level.anchors + anchor)
            boxes.append(
              Suppression.Corners(
                left: x - four.0 * stride,
                top: y - four.1 * stride,
                right: x + four.2 * stride,
                bottom: y + four.3 * stride
              )
            )
          }
        }
      }
      return HeadRows(boxes: boxes, scores: scores, classes: 1)
    }
  }
}

extension HeadKind {
  /// SCRFD.
  package static let scrfd = HeadKind(
    SCRFDHead.name,
    doc:
      "Scores and distances of faces, with or without landmarks, two or three outputs for each stride (SCRFD).",
    preparation: { _ in .halves(127.5, fit: .letterboxCorner, fill: 0) },
    selection: .faces(overlap: 0.4),
    match: { network in
      guard let levels = scrfdLevels(network) else {
        return .misses(
          "no outputs are scores and distances for each cell of strides 8, 16 and 32",
          marks: 0
        )
      }
      let names = levels.map { "\($0.scores) and \($0.boxes)" }.joined(separator: ", ")
      return .fits(
        "\(names) are scores and distances, \(levels[0].anchors) a cell, of strides \(levels.map(\.stride))"
      )
    }
  ) { network, options in
    guard let levels = scrfdLevels(network) else {
      throw DetectionError.outputs(
        task: SCRFDHead.name,
        "no outputs are scores and distances for each cell: \(network.outputText)"
      )
    }
    let scores = levels.first.flatMap { network.output($0.scores) }
    return SCRFDHead(
      levels: levels,
      activation: options.activation
        ?? scores.map { network.activation(of: $0, else: .sigmoid) } ?? .none,
      offset: Float(options.offset ?? 0)
    )
  }

  /// Outputs of one and of four numbers a row, as many of each as strides, with one or two rows a cell.
  private static func scrfdLevels(_ network: NetworkInterface) -> [SCRFDHead.Level]? {
    guard let size = network.imageSize else { return nil }
    func tables(_ columns: Int) -> [(name: String, rows: Int)] {
      network.outputs.compactMap { output in
        guard let rank = output.rank, (2...3).contains(rank), output.size(rank - 1) == columns,
          let rows = output.size(rank - 2)
        else { return nil }
        return (output.name, rows)
      }.sorted { $0.rows > $1.rows }
    }
    let (scores, boxes, landmarks) = (tables(1), tables(4), tables(10))
    let strides = boxes.count == 5 ? [8, 16, 32, 64, 128] : [8, 16, 32]
    guard boxes.count == strides.count, scores.map(\.rows) == boxes.map(\.rows),
      network.outputs.count == scores.count + boxes.count + landmarks.count
    else { return nil }
    var levels: [SCRFDHead.Level] = []
    for (place, stride) in strides.enumerated() {
      let cells = GridCells(size, strides: [stride]).count
      guard boxes[place].rows == cells || boxes[place].rows == 2 * cells else { return nil }
      levels.append(
        SCRFDHead.Level(
          stride: stride,
          anchors: boxes[place].rows / cells,
          scores: scores[place].name,
          boxes: boxes[place].name
        )
      )
    }
    return levels
  }
}
