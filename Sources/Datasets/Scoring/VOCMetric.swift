internal import Metrics

extension DetectionMetric {
  /// Pascal VOC's mean average precision at IoU 0.5 by eleven points of recall, the benchmark's.
  package static let elevenPoint = voc(.elevenPoint, "the mean over 11 points of recall (2007)")
  /// The same by precision times gain of recall (PaddleDetection 0.2).
  package static let integral = voc(.integral, "precision times gain of recall (PaddleDetection)")
  /// The same by the area under the envelope (VOC 2010).
  package static let everyPoint = voc(.everyPoint, "the area under the envelope (2010)")

  private static func voc(_ mode: VOCMode, _ way: String) -> DetectionMetric {
    DetectionMetric(
      mode.rawValue,
      doc: "Pascal VOC's mean average precision at IoU 0.5, \(way).",
      title: "mAP@0.5 (\(mode.rawValue))"
    ) { VOCFound(matching: VOCMatching($0, $1), mode: mode) }
  }
}

private struct VOCFound: DetectionMatching {
  let matching: VOCMatching
  let mode: VOCMode

  func figures(_ dataset: Dataset, sample: [Int]?) -> DetectionFigures {
    let result = matching.result(mode, sample: sample)
    return DetectionFigures(
      value: result.mean ?? 0,
      classes: zip(dataset.classes, result.perClass).map {
        .init(name: $0, asked: $1.asked, ap: $1.ap)
      }
    )
  }
}

extension VOCMatching {
  fileprivate init(_ dataset: Dataset, _ detections: [DetectedBox]) {
    self.init(
      truths: dataset.truths,
      detections: detections,
      images: dataset.entries.count,
      classes: dataset.classes.count
    )
  }
}
