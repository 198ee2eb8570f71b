import Foundation

/// A box by its edges, in any unit.
struct Edges: Sendable, Hashable {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  init(left: Double, top: Double, right: Double, bottom: Double) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  /// A box by its centre and sides.
  init(x: Double, y: Double, width: Double, height: Double) {
    self.init(
      left: x - width / 2,
      top: y - height / 2,
      right: x + width / 2,
      bottom: y + height / 2
    )
  }

  var width: Double { right - left }
  var height: Double { bottom - top }
  var x: Double { (left + right) / 2 }
  var y: Double { (top + bottom) / 2 }

  /// Left, top, right, bottom.
  var numbers: [Double] { [left, top, right, bottom] }

  /// The same in a unit that is so many times as long.
  static func / (edges: Edges, unit: Double) -> Edges {
    Edges(
      left: edges.left / unit,
      top: edges.top / unit,
      right: edges.right / unit,
      bottom: edges.bottom / unit
    )
  }

  /// The same about its centre, each side at least so long.
  func widened(to side: Double) -> Edges {
    Edges(x: x, y: y, width: max(width, side), height: max(height, side))
  }

  /// Whether a point lies inside, not on an edge.
  func contains(x: Double, y: Double) -> Bool {
    min(x - left, y - top, right - x, bottom - y) > 1e-9
  }

  /// What both share, and what they cover together.
  private func areas(_ other: Edges) -> (shared: Double, union: Double) {
    let shared =
      max(0, min(right, other.right) - max(left, other.left))
      * max(0, min(bottom, other.bottom) - max(top, other.top))
    return (shared, width * height + other.width * other.height - shared)
  }

  /// Intersection over union; 0 for boxes without extent.
  func iou(_ other: Edges) -> Double {
    let (shared, union) = areas(other)
    return union > 0 ? shared / union : 0
  }

  /// Generalized IoU (Rezatofighi and others 2019).
  func generalizedIoU(_ other: Edges) -> Double {
    let (shared, union) = areas(other)
    let hull =
      (max(right, other.right) - min(left, other.left))
      * (max(bottom, other.bottom) - min(top, other.top))
    guard union > 0, hull > 0 else { return 0 }
    return shared / union - (hull - union) / hull
  }

  /// Complete IoU (Zheng and others 2020): less the distance of centres and the difference of proportions.
  func completeIoU(_ other: Edges) -> Double {
    let least = Overlap.least
    let (shared, union) = areas(other)
    let iou = shared / (union + least)
    let across = max(right, other.right) - min(left, other.left)
    let down = max(bottom, other.bottom) - min(top, other.top)
    let apart = (x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)
    let turn = atan(width / (height + least)) - atan(other.width / (other.height + least))
    let shape = 4 / (Double.pi * Double.pi) * turn * turn
    let share = shape / (shape - iou + 1 + least)
    return iou - apart / (across * across + down * down + least) - shape * share
  }
}
