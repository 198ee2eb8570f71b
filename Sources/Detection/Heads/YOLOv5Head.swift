import Datasets
import Tensors

/// Detectors with objectness, decoded: images x boxes x (centre, sides, objectness, classes) in pixels of the input.
struct YOLOv5Head: Head {
  static let name = "yolov5"

  let output: String
  let classes: Int?
  private let scored: Int

  init(output: String, classes: Int) {
    self.output = output
    self.classes = classes
    scored = classes
  }

  var matchedRows: [MatchedRows] {
    [
      MatchedRows(
        boxes: .init(output, axis: 2, 0..<4),
        form: .centre,
        scores: .init(output, axis: 2, 5..<5 + scored),
        kind: .probabilities,
        objectness: .init(output, axis: 2, 4..<5)
      )
    ]
  }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    let found = try outputs.table(output, leastColumns: 5 + scored)
    return (0..<outputs.images).map { image in
      let boxes = (0..<found.rows).map { row in
        let (x, y, width, height) = found.four(image, row)
        return Suppression.Corners(centerX: x, centerY: y, width: width, height: height)
      }
      return HeadRows(
        boxes: boxes,
        scores: found.objectScores(image, classes: scored),
        classes: scored
      )
    }
  }
}

extension HeadTable {
  /// Scores in each class times objectness, of rows that have four numbers, objectness and classes.
  func objectScores(_ image: Int, classes: Int) -> [Float] {
    var scores: [Float] = []
    scores.reserveCapacity(rows * classes)
    for row in 0..<rows {
      let start = start(image, row)
      for place in 0..<classes { scores.append(values[start + 4] * values[start + 5 + place]) }
    }
    return scores
  }
}

extension HeadKind {
  /// YOLOv5, v7, v3 and v4 with anchors, YOLOv6 without.
  package static let yolov5 = HeadKind(
    YOLOv5Head.name,
    doc:
      "One output of boxes by 5 + classes with objectness, decoded (YOLOv5 and v7, v3 and v4 by Ultralytics, YOLOv6).",
    preparation: { _ in .ultralytics },
    selection: BoxSelection(overlap: 0.6),
    match: { network in
      guard
        let found = network.cellRows(each: 3, least: 6) ?? network.cellRows(each: 1, least: 6),
        let classes = objectClasses(network, found.output)
      else {
        return .misses(
          "no output is images x boxes x (5 + classes), three boxes or one for each cell",
          marks: network.outputs.contains { $0.columns ?? 0 >= 6 } ? 1 : 0
        )
      }
      guard !network.has(.exponential, before: found.output),
        network.has(.product, before: found.output)
      else {
        return .misses(
          "\(found.output.name) (\(found.output.shape)) is not decoded as YOLOv5's: nothing multiplies by strides before it",
          marks: 2
        )
      }
      return .fits(
        "\(found.output.name) is \(found.output.shape): 4 numbers, objectness and \(HeadKind.counted(classes)) for \(found.rows) decoded boxes"
      )
    }
  ) { network, options in
    let (output, classes) = try objectOutput(network, options, head: YOLOv5Head.name)
    return YOLOv5Head(output: output.name, classes: classes)
  }

  /// The classes of rows with objectness: those that the file names, where rows have other things too.
  static func objectClasses(
    _ network: NetworkInterface,
    _ output: NetworkInterface.Value
  ) -> Int? {
    guard let columns = output.columns, columns > 5 else { return nil }
    if let named = network.namedClasses, named <= columns - 5 { return named }
    let masks = network.outputs.first { $0.rank == 4 && $0.name != output.name }?.size(1)
    let count = columns - 5 - (masks ?? 0)
    return count > 0 ? count : nil
  }

  /// The output of rows with objectness, and how many classes it has.
  static func objectOutput(
    _ network: NetworkInterface,
    _ options: HeadOptions,
    head: String
  ) throws(DetectionError) -> (NetworkInterface.Value, Int) {
    let found =
      network.cellRows(each: 3, least: 6)?.output ?? network.cellRows(each: 1, least: 6)?.output
      ?? network.outputs.first { $0.rank == 3 }
    guard let found, let classes = options.classes(named: objectClasses(network, found)) else {
      throw .outputs(
        task: head,
        "no output is images x boxes x (5 + classes): \(network.outputText); give the task's 'classes' where they are open"
      )
    }
    return (found, classes)
  }
}
