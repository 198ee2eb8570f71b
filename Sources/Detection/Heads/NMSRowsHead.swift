import Datasets
import Graphs
import Tensors

/// Detectors that choose their boxes themselves and say a row for each, of all images one after another.
struct NMSRowsHead: Head {
  static let name = "nms"

  /// What a row says.
  enum Row: Sendable, Hashable {
    /// Class, score, corners: PaddlePaddle's.
    case paddle
    /// Image, corners, class, score: YOLOv7's.
    case numbered
  }

  let output: String
  let row: Row
  /// How many rows each image has, where an output says it.
  let count: String?
  let asked: HeadCompanions
  var classes: Int? { nil }

  func companions(images: Int, input: PixelSize) -> [String: Constant] {
    asked.arrays(images: images, input: input)
  }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    let width = row == .paddle ? 6 : 7
    let found = try outputs.values(output)
    guard found.sizes.last == width else { throw outputs.misfit(found, "?x\(width)") }
    let all = stride(from: 0, to: found.values.count, by: width).map {
      Array(found.values[$0..<$0 + width])
    }
    return try perImage(all, outputs).map { rows in
      let corner = row == .paddle ? 2 : 1
      return HeadRows(
        boxes: rows.map {
          Suppression.Corners(
            left: $0[corner],
            top: $0[corner + 1],
            right: $0[corner + 2],
            bottom: $0[corner + 3]
          )
        },
        labels: rows.map { HeadRows.label($0[row == .paddle ? 0 : 5]) },
        scores: rows.map { $0[row == .paddle ? 1 : 6] }
      )
    }
  }

  private func perImage(_ all: [[Float]], _ outputs: HeadOutputs) throws -> [[[Float]]] {
    if row == .numbered {
      return (0..<outputs.images).map { image in all.filter { $0[0] == Float(image) } }
    }
    guard let count else {
      guard outputs.images == 1 else {
        throw DetectionError.outputs(
          task: Self.name,
          "no output says how many rows each of \(outputs.images) images has; take batches of one"
        )
      }
      return [all]
    }
    let counts = try outputs.table(count, columns: 1).values.map { max(0, HeadRows.label($0)) }
    guard counts.reduce(0, +) <= all.count else {
      throw DetectionError.outputs(
        task: Self.name,
        "'\(count)' counts \(counts.reduce(0, +)) rows, '\(output)' has \(all.count)"
      )
    }
    var start = 0
    return counts.map { count in
      defer { start += count }
      return Array(all[start..<start + count])
    }
  }
}

extension HeadKind {
  /// Rows that non-maximum suppression inside has left.
  package static let nms = HeadKind(
    NMSRowsHead.name,
    doc:
      "One output of a row for each box that non-maximum suppression inside leaves (PaddleDetection's, YOLOv7's for ONNX Runtime).",
    preparation: { network in
      row(network)?.row == .numbered
        ? .ultralytics : ImagePreparation(normalization: .imageNet, interpolation: .cubic)
    },
    selection: BoxSelection(overlap: nil),
    match: { network in
      guard let (output, row) = row(network) else {
        let marks =
          network.outputs.contains { $0.rank == 2 && [6, 7].contains($0.size(1)) } ? 1 : 0
        return .misses("no output is boxes x 6 or 7 behind non-maximum suppression", marks: marks)
      }
      let says = row == .paddle ? "class, score and corners" : "image, corners, class and score"
      return .fits("\(output.name) is \(output.shape): \(says) of boxes that are left inside")
    }
  ) { network, _ in
    guard let (output, row) = row(network) else {
      throw DetectionError.outputs(
        task: NMSRowsHead.name,
        "no output is boxes x 6 or 7: \(network.outputText)"
      )
    }
    let count = network.outputs.first {
      $0.rank == 1 && $0.name != output.name && [.int32, .int64].contains($0.element)
    }
    return NMSRowsHead(
      output: output.name,
      row: row,
      count: count?.name,
      asked: HeadCompanions(network)
    )
  }

  /// The output of rows, and what they say: six numbers where the network asks for Paddle's inputs or suppresses, seven where it suppresses.
  private static func row(
    _ network: NetworkInterface
  ) -> (output: NetworkInterface.Value, row: NMSRowsHead.Row)? {
    let companions = HeadCompanions(network)
    for output in network.outputs where output.rank == 2 {
      let isChosen = network.has(.suppression, before: output)
      if output.size(1) == 6, isChosen || companions.asks(.scale) { return (output, .paddle) }
      if output.size(1) == 7, isChosen { return (output, .numbered) }
    }
    return nil
  }
}
