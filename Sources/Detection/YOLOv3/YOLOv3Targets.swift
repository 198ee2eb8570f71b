import Datasets
import Glibc

/// What the loss wants of one map: rows for the predictions that boxes belong to, and a plane for objectness.
struct YOLOv3Targets: Sendable {
  /// The places of the rows: image, anchor, row and column in the map.
  var places: [[Int64]] = [[], [], [], []]
  /// x and y in the cell, ln of width and height over the anchor's: four numbers a row.
  var boxes: [Float] = []
  /// The weight of position and size: (2 - width·height) x the box's weight.
  var boxWeights: [Float] = []
  /// A number a class and row.
  var classes: [Float] = []
  var classWeights: [Float] = []
  /// 1 where an object is wanted, in the order images, anchors, rows, columns.
  var objects: [Float]
  /// What objectness counts there: the box's weight, 1 where nothing is, 0 where it is ignored.
  var objectWeights: [Float]

  /// The number of rows.
  var count: Int { boxWeights.count }

  /// Targets for a map, where `ignored` predictions are not held to be empty.
  init(
    _ truths: YOLOv3Truths,
    _ map: YOLOv3Map,
    _ options: YOLOv3Options,
    ignored: [Bool]
  ) {
    objects = [Float](repeating: 0, count: ignored.count)
    objectWeights = ignored.map { $0 ? 0 : 1 }
    /// The row of a prediction, where later boxes replace earlier ones.
    var rows: [Int: Int] = [:]
    for (image, boxes) in truths.images.enumerated() {
      for truth in boxes {
        guard let anchor = map.mask.firstIndex(of: truth.anchor) else { continue }
        let box = truth.box
        let column = Self.cell(box.centerX, map.columns)
        let row = Self.cell(box.centerY, map.rows)
        let place = ((image * map.mask.count + anchor) * map.rows + row) * map.columns + column
        let isObject = box.weight > 1e-5
        objects[place] = isObject ? 1 : 0
        objectWeights[place] = isObject ? box.weight : 1
        let shape = map.anchors[anchor]
        let numbers = [
          box.centerX * Float(map.columns) - Float(column),
          box.centerY * Float(map.rows) - Float(row),
          log(box.width * Float(truths.inputSize.width) / shape.width),
          log(box.height * Float(truths.inputSize.height) / shape.height),
        ]
        if options.loss == .fineGrained, let known = rows[place] {
          replace(known, box, numbers, classes: options.classes)
        } else {
          rows[place] = count
          for (axis, value) in [image, anchor, row, column].enumerated() {
            places[axis].append(Int64(value))
          }
          append(box, numbers, options)
        }
      }
    }
  }

  private mutating func append(
    _ box: TargetBox,
    _ numbers: [Float],
    _ options: YOLOv3Options
  ) {
    boxes += numbers
    boxWeights.append((2 - box.width * box.height) * box.weight)
    classWeights.append(box.weight)
    for category in 0..<options.classes {
      classes.append(category == box.category ? 1 - options.smoothing : options.smoothing)
    }
  }

  /// Lets a later box take a prediction over; its class joins those that are there.
  private mutating func replace(
    _ row: Int,
    _ box: TargetBox,
    _ numbers: [Float],
    classes count: Int
  ) {
    boxes.replaceSubrange(4 * row..<4 * row + 4, with: numbers)
    boxWeights[row] = (2 - box.width * box.height) * box.weight
    classWeights[row] = box.weight
    classes[row * count + box.category] = 1
  }

  /// The cell that a share of the extent lies in; the far edge belongs to the last.
  private static func cell(_ share: Float, _ cells: Int) -> Int {
    max(0, min(cells - 1, Int((share * Float(cells)).rounded(.down))))
  }
}
