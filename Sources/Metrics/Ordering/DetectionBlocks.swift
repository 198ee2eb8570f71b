/// A stretch of one class's images, small enough to share work out evenly.
struct DetectionBlock: Sendable {
  let category: Int
  /// Places in the class's ``ClassDetections/runs``.
  let runs: Range<Int>

  /// Stretches of about `size` detections that cover everything, class by class.
  static func all(_ classes: [ClassDetections], size: Int = 4096) -> [DetectionBlock] {
    var blocks: [DetectionBlock] = []
    for (category, detections) in classes.enumerated() {
      var first = 0
      var count = 0
      for (index, run) in detections.runs.enumerated() {
        count += run.range.count
        if count >= size || index == detections.runs.count - 1 {
          blocks.append(DetectionBlock(category: category, runs: first..<index + 1))
          first = index + 1
          count = 0
        }
      }
    }
    return blocks
  }
}

extension DetectionBlock {
  /// Walks the block's images with the truths of each.
  ///
  /// - Parameters:
  ///   - detections: the class's detections.
  ///   - truths: every class's objects.
  ///   - body: gets the image's detections as places in ``ClassDetections/grouped`` and its truths as places in ``ClassTruths/boxes``.
  func forEachImage(
    _ detections: ClassDetections,
    _ truths: ClassTruths,
    _ body: (Range<Int>, Range<Int>) -> Void
  ) {
    guard let first = runs.first else { return }
    let end = truths.starts[category + 1]
    var place = truths.firstPlace(of: category, image: Int(detections.runs[first].image))
    for run in detections.runs[runs] {
      while place < end, truths.boxes[place].image < Int(run.image) { place += 1 }
      let start = place
      while place < end, truths.boxes[place].image == Int(run.image) { place += 1 }
      body(run.range, start..<place)
    }
  }
}
