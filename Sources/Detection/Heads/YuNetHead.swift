import Datasets
import Glibc
import Tensors

/// YuNet: for each stride a face's class, objectness, box and landmarks of each cell.
struct YuNetHead: Head {
  static let name = "yunet"

  let strides: [Int]
  var classes: Int? { 1 }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    let levels = try strides.map { stride in
      (
        cells: GridCells(input, strides: [stride]),
        shares: try outputs.table("cls_\(stride)", columns: 1),
        objects: try outputs.table("obj_\(stride)", columns: 1),
        boxes: try outputs.table("bbox_\(stride)", columns: 4)
      )
    }
    for (stride, level) in zip(strides, levels)
    where [level.shares, level.objects, level.boxes].contains(where: {
      $0.rows != level.cells.count
    }) {
      throw DetectionError.outputs(
        task: Self.name,
        "'bbox_\(stride)' has \(level.boxes.rows) rows; an input of \(input.width)x\(input.height) has \(level.cells.count) cells"
      )
    }
    return (0..<outputs.images).map { image in
      var boxes: [Suppression.Corners] = []
      var scores: [Float] = []
      for level in levels {
        level.cells.forEach { cell, column, row, stride in
          let (x, y, width, height) = level.boxes.four(image, cell)
          boxes.append(
            Suppression.Corners(
              centerX: (Float(column) + x) * stride,
              centerY: (Float(row) + y) * stride,
              width: exp(width) * stride,
              height: exp(height) * stride
            )
          )
          let share = level.shares.values[level.shares.start(image, cell)]
          let object = level.objects.values[level.objects.start(image, cell)]
          scores.append((min(max(share, 0), 1) * min(max(object, 0), 1)).squareRoot())
        }
      }
      return HeadRows(boxes: boxes, scores: scores, classes: 1)
    }
  }
}

extension HeadKind {
  /// YuNet.
  package static let yunet = HeadKind(
    YuNetHead.name,
    doc: "Class, objectness, box and landmarks of faces, four outputs for each stride (YuNet).",
    preparation: { _ in
      ImagePreparation(
        normalization: Normalization(divisor: 1, mean: [], deviation: [], order: .bgr),
        fit: .letterbox,
        fill: 0
      )
    },
    selection: .faces(overlap: 0.45),
    match: { network in
      let strides = yunetStrides(network)
      guard !strides.isEmpty else {
        let isNear = network.outputs.contains { $0.name.hasPrefix("bbox_") }
        return .misses("there are no outputs cls_8, obj_8, bbox_8 and so on", marks: isNear ? 1 : 0)
      }
      return .fits("outputs cls, obj and bbox are there for strides \(strides)")
    }
  ) { network, options in
    let strides = options.strides.isEmpty ? yunetStrides(network) : options.strides
    guard !strides.isEmpty else {
      throw DetectionError.outputs(
        task: YuNetHead.name,
        "there are no outputs cls_8, obj_8 and bbox_8: \(network.outputText)"
      )
    }
    return YuNetHead(strides: strides)
  }

  private static func yunetStrides(_ network: NetworkInterface) -> [Int] {
    network.outputs.compactMap { output in
      guard output.name.hasPrefix("cls_"), let stride = Int(output.name.dropFirst(4)), stride > 0
      else { return nil }
      let others = ["obj", "bbox"].allSatisfy { network.output("\($0)_\(stride)") != nil }
      return others ? stride : nil
    }.sorted()
  }
}
