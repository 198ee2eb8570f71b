import Datasets
import Glibc
import Tensors

/// YOLOX: images x cells x (centre, sides, objectness, classes), the four raw or in pixels of the input.
struct YOLOXHead: Head {
  static let name = "yolox"

  let output: String
  let classes: Int?
  private let scored: Int
  let isDecoded: Bool
  let strides: [Int]
  let activation: HeadOptions.Activation
  /// Where a cell's point lies in it.
  let offset: Float

  init(
    output: String,
    classes: Int,
    isDecoded: Bool,
    strides: [Int],
    activation: HeadOptions.Activation,
    offset: Float
  ) {
    self.output = output
    self.classes = classes
    scored = classes
    self.isDecoded = isDecoded
    self.strides = strides
    self.activation = activation
    self.offset = offset
  }

  var matchedRows: [MatchedRows] {
    // Objectness before its sigmoid is left to whole outputs.
    guard activation == .none else { return [] }
    return [
      MatchedRows(
        boxes: .init(output, axis: 2, 0..<4),
        form: isDecoded ? .centre : .raw,
        scores: .init(output, axis: 2, 5..<5 + scored),
        kind: .probabilities,
        objectness: .init(output, axis: 2, 4..<5)
      )
    ]
  }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    let found = try outputs.table(output, leastColumns: 5 + scored)
    let grid =
      isDecoded
      ? nil : try GridCells.found(found.rows, strides: strides, in: input, head: Self.name)
    return (0..<outputs.images).map { image in
      var boxes = (0..<found.rows).map { row in
        let (x, y, width, height) = found.four(image, row)
        return Suppression.Corners(centerX: x, centerY: y, width: width, height: height)
      }
      grid?.forEach { cell, column, row, stride in
        let (x, y, width, height) = found.four(image, cell)
        boxes[cell] = Suppression.Corners(
          centerX: (x + Float(column) + offset) * stride,
          centerY: (y + Float(row) + offset) * stride,
          width: exp(width) * stride,
          height: exp(height) * stride
        )
      }
      return HeadRows(boxes: boxes, scores: scores(found, image), classes: scored)
    }
  }

  private func scores(_ found: HeadTable, _ image: Int) -> [Float] {
    guard activation == .sigmoid else { return found.objectScores(image, classes: scored) }
    let shaped = HeadTable(
      name: found.name,
      rows: found.rows,
      columns: found.columns,
      values: found.values.map(sigmoid)
    )
    return shaped.objectScores(image, classes: scored)
  }
}

extension HeadKind {
  /// YOLOX, raw or decoded.
  package static let yolox = HeadKind(
    YOLOXHead.name,
    doc: "One output of cells by 5 + classes with objectness, raw or decoded inside (YOLOX).",
    preparation: { _ in
      ImagePreparation(
        normalization: Normalization(divisor: 1, mean: [], deviation: [], order: .bgr),
        fit: .letterboxCorner
      )
    },
    selection: BoxSelection(overlap: 0.65, isMultiLabel: false),
    match: { network in
      guard let found = network.cellRows(each: 1, least: 6),
        let classes = objectClasses(network, found.output)
      else {
        return .misses(
          "no output is images x cells x (5 + classes)",
          marks: network.outputs.contains { $0.columns ?? 0 >= 6 } ? 1 : 0
        )
      }
      let isDecoded = network.has(.exponential, before: found.output)
      guard isDecoded || !network.has(.product, before: found.output) else {
        return .misses(
          "\(found.output.name) (\(found.output.shape)) is decoded without exponentials",
          marks: 2
        )
      }
      return .fits(
        "\(found.output.name) is \(found.output.shape): 4 \(isDecoded ? "decoded" : "raw") numbers, objectness and \(HeadKind.counted(classes)) "
          + "for each cell of strides \(found.strides)"
      )
    }
  ) { network, options in
    let (output, classes) = try objectOutput(network, options, head: YOLOXHead.name)
    return YOLOXHead(
      output: output.name,
      classes: classes,
      isDecoded: network.has(.exponential, before: output),
      strides: options.strides,
      activation: options.activation ?? network.activation(of: output, else: .sigmoid),
      offset: Float(options.offset ?? 0)
    )
  }
}
