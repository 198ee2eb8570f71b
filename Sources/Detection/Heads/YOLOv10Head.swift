import Datasets
import Tensors

/// Detectors that choose their best boxes themselves: images x boxes x (left, top, right, bottom, score, class).
struct YOLOv10Head: Head {
  static let name = "yolov10"

  let output: String
  var classes: Int? { nil }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    let found = try outputs.values(output, [outputs.images, nil, nil])
    let (count, width) = (found.sizes[1], found.sizes[2])
    guard width >= 6 else {
      throw DetectionError.outputs(
        task: Self.name,
        "output '\(output)' has \(width) numbers a box; 6 are wanted"
      )
    }
    return (0..<outputs.images).map { image in
      let part = Array(found.image(image))
      let starts = (0..<count).map { $0 * width }
      return HeadRows(
        boxes: starts.map { start in
          Suppression.Corners(
            left: part[start],
            top: part[start + 1],
            right: part[start + 2],
            bottom: part[start + 3]
          )
        },
        labels: starts.map { HeadRows.label(part[$0 + 5]) },
        scores: starts.map { part[$0 + 4] }
      )
    }
  }
}

extension HeadKind {
  /// YOLOv10 and YOLO26.
  package static let yolov10 = HeadKind(
    YOLOv10Head.name,
    doc:
      "One output of boxes by 6 numbers, chosen inside: corners in pixels, score, class (YOLOv10, YOLO26).",
    preparation: { _ in .ultralytics },
    selection: BoxSelection(overlap: nil),
    match: { network in
      let flat = network.outputs.filter { $0.rank == 3 && ($0.size(2) ?? 0) >= 6 }
      guard let output = flat.first else {
        return .misses("no output is images x boxes x 6", marks: 0)
      }
      let isWhole = network.metadata["end2end"]?.lowercased() == "true"
      let isChosen =
        network.has(.ranking, before: output) || network.has(.suppression, before: output)
      guard isWhole || isChosen else {
        return .misses(
          "\(output.name) (\(output.shape)) is not chosen inside: nothing ranks or suppresses boxes before it",
          marks: 1
        )
      }
      guard output.size(2) == 6 || isWhole else {
        return .misses("\(output.name) (\(output.shape)) has other than 6 numbers a box", marks: 1)
      }
      return .fits(
        "\(output.name) is \(output.shape): corners, score and class of boxes that are chosen inside"
      )
    }
  ) { network, _ in
    guard let output = network.outputs.first(where: { $0.rank == 3 }) else {
      throw DetectionError.outputs(
        task: YOLOv10Head.name,
        "no output has three axes: \(network.outputText)"
      )
    }
    return YOLOv10Head(output: output.name)
  }
}

extension HeadRows {
  /// A class that outputs say as a float; none, which is dropped, for what is no number.
  static func label(_ value: Float) -> Int { Int(exactly: value.rounded()) ?? -1 }
}
