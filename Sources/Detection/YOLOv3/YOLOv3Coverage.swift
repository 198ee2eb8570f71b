import Datasets
import Glibc
import Tensors

/// Finds the predictions that cover a box so well that they are not held to be empty.
///
/// Two boxes with an IoU above t overlap by more than t of each one's width, so their centres lie at most
/// (1 - t) / t of the box's width apart and their widths differ by 1 / t at most: only such cells are looked at.
struct YOLOv3Coverage: Sendable {
  let threshold: Float

  /// Whether each prediction, in the order images, anchors, rows, columns, covers a box of its image.
  func covered(_ truths: YOLOv3Truths, _ map: YOLOv3Map) throws -> [Bool] {
    var covered = [Bool](repeating: false, count: map.images * map.mask.count * map.cells)
    guard truths.images.contains(where: { !$0.isEmpty }) else { return covered }
    // The four box planes of each anchor, without objectness and classes.
    let planes = map.tensor.shape[1] / map.mask.count
    let shape = [map.images, map.mask.count, planes, map.rows, map.columns]
    let boxes = try withoutGradients {
      try map.tensor.detached().reshaped(shape).narrowed(along: 2, from: 0, count: 4).floats()
    }
    for (image, truths) in truths.images.enumerated() {
      for (anchor, shape) in map.anchors.enumerated() {
        let plane = (image * map.mask.count + anchor) * map.cells
        let window = Window(
          anchor: Shape(
            width: shape.width / Float(map.columns * map.stride),
            height: shape.height / Float(map.rows * map.stride)
          ),
          map: map,
          start: 4 * plane,
          threshold: threshold
        )
        for truth in truths { window.cover(truth.box, boxes, &covered, plane) }
      }
    }
    return covered
  }
}

/// Width and height as shares of the input.
private struct Shape: Sendable {
  var width: Float
  var height: Float
}

/// One anchor's predictions for one image.
private struct Window: Sendable {
  let anchor: Shape
  let map: YOLOv3Map
  /// Where its four planes start.
  let start: Int
  let threshold: Float

  /// Marks the predictions that cover a box.
  func cover(
    _ box: TargetBox,
    _ planes: [Float],
    _ covered: inout [Bool],
    _ plane: Int
  ) {
    let cells = map.cells
    for row in reach(box.centerY, box.height, map.rows) {
      for column in reach(box.centerX, box.width, map.columns) {
        let cell = row * map.columns + column
        if covered[plane + cell] { continue }
        let width = exp(planes[start + 2 * cells + cell]) * anchor.width
        // Written so that a width that is not a number is left out.
        guard width * threshold <= 1.001 * box.width, width >= 0.999 * threshold * box.width
        else { continue }
        let prediction = TargetBox(
          centerX: (Float(column) + sigmoid(planes[start + cell])) / Float(map.columns),
          centerY: (Float(row) + sigmoid(planes[start + cells + cell])) / Float(map.rows),
          width: width,
          height: exp(planes[start + 3 * cells + cell]) * anchor.height,
          category: 0
        )
        if Self.iou(prediction, box) > threshold { covered[plane + cell] = true }
      }
    }
  }

  /// The cells whose predictions may lie near enough to a box in one direction.
  private func reach(_ center: Float, _ extent: Float, _ count: Int) -> Range<Int> {
    let distance = min(extent * (1 - threshold) / threshold, 2) + 1e-4
    guard !distance.isNaN else { return 0..<count }
    let first = ((center - distance) * Float(count)).rounded(.down) - 1
    let last = ((center + distance) * Float(count)).rounded(.down) + 1
    let low = Int(max(0, min(Float(count), first)))
    return low..<max(low, Int(max(0, min(Float(count), last + 1))))
  }

  private static func iou(_ a: TargetBox, _ b: TargetBox) -> Float {
    let width = side(a.centerX, a.width, b.centerX, b.width)
    let height = side(a.centerY, a.height, b.centerY, b.height)
    guard width > 0, height > 0 else { return 0 }
    let meeting = width * height
    return meeting / (a.width * a.height + b.width * b.height - meeting)
  }

  private static func side(_ a: Float, _ aWidth: Float, _ b: Float, _ bWidth: Float) -> Float {
    min(a + aWidth / 2, b + bWidth / 2) - max(a - aWidth / 2, b - bWidth / 2)
  }
}

/// The logistic function.
func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
