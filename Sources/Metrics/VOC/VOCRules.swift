/// How Pascal VOC's mean average precision is taken from precision and recall.
package enum VOCMode: String, Sendable, Hashable, CaseIterable {
  /// The mean of the best precision at recall 0, 0.1, … 1 and above (VOC 2007).
  case elevenPoint = "11point"
  /// The sum of precision times gain of recall, without an envelope (PaddleDetection 0.2).
  case integral
  /// The area under the envelope of precision (VOC 2010).
  case everyPoint = "every_point"
}

/// Overlap as Pascal VOC measures it: edges are pixels that belong to the box.
enum VOCRules {
  static func overlap(_ a: Box, _ b: Box) -> Double {
    let (aRight, aBottom, bRight, bBottom) = (a.right, a.bottom, b.right, b.bottom)
    if a.x >= bRight || aRight <= b.x || a.y >= bBottom || aBottom <= b.y { return 0 }
    let width = min(aRight, bRight) - max(a.x, b.x) + 1
    let height = min(aBottom, bBottom) - max(a.y, b.y) + 1
    let shared = width * height
    let areaA = (aRight - a.x + 1) * (aBottom - a.y + 1)
    let areaB = (bRight - b.x + 1) * (bBottom - b.y + 1)
    return shared / (areaA + areaB - shared)
  }
}
