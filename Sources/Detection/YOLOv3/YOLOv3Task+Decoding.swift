import Datasets
import Glibc
import Metrics
import Tensors

extension YOLOv3Task {
  /// The boxes of each image as PaddlePaddle's `yolo_box` and `multiclass_nms` find them.
  func decoded(_ maps: [YOLOv3Map], _ images: TaskImages) throws -> [[DetectedBox]] {
    let values = try maps.map { try $0.tensor.floats() }
    let options = options
    return ImagesInParallel(count: images.indices.count).map { image in
      var reading = YOLOv3Reading(options: options, size: images.originalSizes[image])
      for (map, values) in zip(maps, values) {
        reading.read(map, values, image: image, inputSize: images.inputSize)
      }
      let found = options.suppression.survivors(of: reading.boxes, keys: reading.keys)
      return found.map { survivor in
        DetectedBox(survivor, reading.boxes[survivor.box], image: images.indices[image])
      }
    }
  }
}

extension DetectedBox {
  /// What suppression left, as metrics take it.
  init(_ survivor: Suppression.Survivor, _ corners: Suppression.Corners, image: Int) {
    self.init(
      image: image,
      category: survivor.category,
      box: Box(
        left: Double(corners.left),
        top: Double(corners.top),
        right: Double(corners.right),
        bottom: Double(corners.bottom)
      ),
      score: Double(survivor.score)
    )
  }
}

/// The boxes and candidates of one image.
private struct YOLOv3Reading: Sendable {
  let options: YOLOv3Options
  /// The image's size before it was resized.
  let size: PixelSize
  private(set) var boxes: [Suppression.Corners] = []
  /// For each class the keys of its candidates.
  private(set) var keys: [[UInt64]]

  init(options: YOLOv3Options, size: PixelSize) {
    self.options = options
    self.size = size
    keys = [[UInt64]](repeating: [], count: options.classes)
  }

  /// Adds one scale's boxes.
  mutating func read(
    _ map: YOLOv3Map,
    _ values: [Float],
    image: Int,
    inputSize: PixelSize
  ) {
    let cells = map.cells
    let planes = 5 + options.classes
    // A little below the threshold: what passes is computed exactly.
    let least = Self.logit(options.scoreThreshold)
    for (anchor, shape) in map.anchors.enumerated() {
      let start = (image * map.mask.count + anchor) * planes * cells
      for cell in 0..<cells {
        let logit = values[start + 4 * cells + cell]
        guard logit > least else { continue }
        let objectness = sigmoid(logit)
        guard objectness >= options.scoreThreshold else { continue }
        add(map, values, start + cell, cell, shape, objectness, inputSize)
      }
    }
  }

  /// Adds one prediction's box, where it has a class that is likely enough.
  private mutating func add(
    _ map: YOLOv3Map,
    _ values: [Float],
    _ first: Int,
    _ cell: Int,
    _ anchor: YOLOv3Options.Anchor,
    _ objectness: Float,
    _ inputSize: PixelSize
  ) {
    let cells = map.cells
    let least = Self.logit(options.scoreThreshold / objectness)
    var corners: Suppression.Corners?
    for category in 0..<options.classes {
      let logit = values[first + (5 + category) * cells]
      guard logit > least else { continue }
      let score = objectness * sigmoid(logit)
      guard score > options.scoreThreshold else { continue }
      if corners == nil {
        let made = self.corners(map, values, first, cell, anchor, inputSize)
        guard made.isFinite else { return }
        corners = made
        boxes.append(made)
      }
      keys[category].append(Suppression.key(score: score, box: boxes.count - 1))
    }
  }

  private func corners(
    _ map: YOLOv3Map,
    _ values: [Float],
    _ first: Int,
    _ cell: Int,
    _ anchor: YOLOv3Options.Anchor,
    _ inputSize: PixelSize
  ) -> Suppression.Corners {
    let cells = map.cells
    let (width, height) = (Float(size.width), Float(size.height))
    let column = Float(cell % map.columns)
    let row = Float(cell / map.columns)
    let x = (column + sigmoid(values[first])) * width / Float(map.columns)
    let y = (row + sigmoid(values[first + cells])) * height / Float(map.rows)
    let w = exp(values[first + 2 * cells]) * anchor.width * width / Float(inputSize.width)
    let h = exp(values[first + 3 * cells]) * anchor.height * height / Float(inputSize.height)
    func inside(_ edge: Float, _ extent: Float) -> Float {
      guard options.clips else { return edge }
      // Not a number stays so, and is left out.
      return edge < 0 ? 0 : edge > extent - 1 ? extent - 1 : edge
    }
    return Suppression.Corners(
      left: inside(x - w / 2, width),
      top: inside(y - h / 2, height),
      right: inside(x + w / 2, width),
      bottom: inside(y + h / 2, height)
    )
  }

  /// A number a little below the logit of a probability.
  private static func logit(_ probability: Float) -> Float {
    guard probability > 0 else { return -.infinity }
    guard probability < 1 else { return probability > 1 ? .infinity : 15 }
    return log(probability / (1 - probability)) - 0.001
  }
}
