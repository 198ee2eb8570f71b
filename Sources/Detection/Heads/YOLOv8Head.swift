import Datasets
import Tensors

/// Ultralytics' anchor-free detectors, decoded: images x (4 + classes) x cells.
///
/// The four are centre, width and height in pixels of the input; scores are from 0 to 1. What follows the classes (coefficients of
/// masks, keypoints) is not read.
struct YOLOv8Head: Head {
  static let name = "yolov8"

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
        boxes: .init(output, axis: 1, 0..<4),
        form: .centre,
        scores: .init(output, axis: 1, 4..<4 + scored),
        kind: .probabilities
      )
    ]
  }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    let found = try outputs.values(output, [outputs.images, nil, nil])
    let (channels, cells) = (found.sizes[1], found.sizes[2])
    guard channels >= 4 + scored else {
      throw DetectionError.outputs(
        task: Self.name,
        "output '\(output)' has \(channels) channels; 4 numbers and \(scored) classes are wanted"
      )
    }
    return (0..<outputs.images).map { image in
      let part = Array(found.image(image))
      let boxes = (0..<cells).map { cell in
        Suppression.Corners(
          centerX: part[cell],
          centerY: part[cells + cell],
          width: part[2 * cells + cell],
          height: part[3 * cells + cell]
        )
      }
      let scores = Array(part[(4 * cells)..<((4 + scored) * cells)])
      return HeadRows(
        boxes: boxes,
        scores: .table(scores, classes: scored, boxStep: 1, classStep: cells)
      )
    }
  }
}

extension HeadKind {
  /// YOLOv8, 9, 11, 12 and those of v3, v5 and v6 that are decoded the same way.
  package static let yolov8 = HeadKind(
    YOLOv8Head.name,
    doc: "One output of 4 + classes by cells, decoded (YOLOv8, 9, 11, 12; anchor-free v3, v5, v6).",
    preparation: { _ in .ultralytics },
    match: { network in
      guard let size = network.imageSize else {
        return .misses("the size of the images is open; state it by --input-size", marks: 0)
      }
      let flat = network.outputs.filter { $0.rank == 3 }
      guard let output = flat.first(where: { fits($0, size) }), let channels = output.size(1),
        let cells = output.size(2)
      else {
        return .misses(
          "no output is images x (4 + classes) x cells for images of \(size.width)x\(size.height)",
          marks: flat.isEmpty ? 0 : 1
        )
      }
      if network.metadata["task"] == "obb" {
        return .misses("the file says 'obb', and turned boxes are not read", marks: 2)
      }
      guard let classes = classes(network, output) else {
        return .misses(
          "\(output.name) has \(channels) channels, of which none are left for classes",
          marks: 2
        )
      }
      return .fits(
        "\(output.name) is \(output.shape): 4 numbers and \(HeadKind.counted(classes)) for each of \(cells) cells"
      )
    }
  ) { network, options in
    let flat = network.outputs.filter { $0.rank == 3 }
    let size = network.imageSize
    guard
      let output = flat.first(where: { value in size.map { fits(value, $0) } ?? false })
        ?? flat.first
    else {
      throw DetectionError.outputs(
        task: YOLOv8Head.name,
        "no output has three axes: \(network.outputText)"
      )
    }
    guard let classes = options.classes(named: classes(network, output)) else {
      throw DetectionError.outputs(
        task: YOLOv8Head.name,
        "the classes of '\(output.name)' (\(output.shape)) cannot be counted; give the task's 'classes'"
      )
    }
    return YOLOv8Head(output: output.name, classes: classes)
  }

  private static func fits(_ output: NetworkInterface.Value, _ size: PixelSize) -> Bool {
    guard output.rank == 3, let channels = output.size(1), let cells = output.size(2) else {
      return false
    }
    return channels > 4 && GridCells.strides(of: cells, in: size) != nil
  }

  /// The classes of an output: those that the file names, where it has channels of other things too.
  private static func classes(
    _ network: NetworkInterface,
    _ output: NetworkInterface.Value
  ) -> Int? {
    guard let channels = output.size(1), channels > 4 else { return nil }
    let named = ClassNames.of(network).count
    if named > 0, named <= channels - 4 { return named }
    // Prototypes of masks: as many coefficients stand behind the classes.
    let masks = network.outputs.first { $0.rank == 4 && $0.name != output.name }?.size(1)
    let count = channels - 4 - (masks ?? 0)
    return count > 0 ? count : nil
  }
}

extension HeadOptions {
  /// The number of classes that a recipe says, else what the network shows.
  func classes(named known: Int?) -> Int? { names.isEmpty ? (known ?? classes) : names.count }
}

extension ImagePreparation {
  /// Values from 0 to 1, letterboxed on grey, as Ultralytics' YOLOs take them.
  static let ultralytics = ImagePreparation(normalization: .unit, fit: .letterbox)
}

extension Suppression.Corners {
  /// A box by its centre and sides.
  init(centerX: Float, centerY: Float, width: Float, height: Float) {
    self.init(
      left: centerX - width / 2,
      top: centerY - height / 2,
      right: centerX + width / 2,
      bottom: centerY + height / 2
    )
  }
}
