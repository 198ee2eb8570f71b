/// COCO's constants for boxes: IoU thresholds, recall points, sizes of objects, counts of detections.
///
/// As in Lin et al., "Microsoft COCO", and the reference evaluator (cocodataset/cocoapi).
enum COCORules {
  /// 0.5, 0.55, … 0.95, with numpy's rounding.
  static let thresholds: [Double] = (0..<10).map { 0.5 + Double($0) * ((0.95 - 0.5) / 9) }
  /// 0, 0.01, … 1.
  static let recallPoints: [Double] = (0...100).map { Double($0) * 0.01 }
  /// Ranges of areas: all, small, medium, large.
  static let areaCount = 4
  /// Detections that count in an image and class.
  static let limits = [1, 10, 100]
  /// One bit for each threshold.
  static let everyThreshold: UInt16 = 1 << 10 - 1

  /// Bit `a` is set where an area is outside of range `a`.
  static func outside(_ area: Double) -> UInt8 {
    func bit(_ least: Double, _ most: Double, _ mask: UInt8) -> UInt8 {
      area < least || area > most ? mask : 0
    }
    return bit(0, 1e10, 1) | bit(0, 1024, 2) | bit(1024, 9216, 4) | bit(9216, 1e10, 8)
  }

  /// Intersection over union; over a crowd, intersection over the detection's own area.
  static func overlap(_ detection: Box, _ truth: Box, isCrowd: Bool) -> Double {
    let width =
      min(detection.width + detection.x, truth.width + truth.x) - max(detection.x, truth.x)
    guard width > 0 else { return 0 }
    let height =
      min(detection.height + detection.y, truth.height + truth.y) - max(detection.y, truth.y)
    guard height > 0 else { return 0 }
    let shared = width * height
    return shared / (isCrowd ? detection.area : detection.area + truth.area - shared)
  }
}
