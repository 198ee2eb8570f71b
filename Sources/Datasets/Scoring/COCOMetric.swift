internal import Metrics

extension DetectionMetric {
  /// COCO's AP at IoU 0.50 to 0.95.
  package static let coco = DetectionMetric(
    "coco",
    doc: "COCO's average precision over IoU 0.50 to 0.95, with its twelve figures.",
    title: "AP[.5:.95] (coco)",
    countsLastPixel: true
  ) { dataset, detections in
    COCOFound(
      matching: COCOMatching(
        truths: dataset.truths,
        detections: detections,
        images: dataset.entries.count,
        classes: dataset.classes.count
      )
    )
  }
}

private struct COCOFound: DetectionMatching {
  let matching: COCOMatching

  func figures(_ dataset: Dataset, sample: [Int]?) -> DetectionFigures {
    let result = matching.result(sample: sample)
    var asked = [Int](repeating: 0, count: dataset.classes.count)
    for image in sample ?? Array(dataset.entries.indices) {
      for object in dataset.entries[image].objects where !object.isCrowd && !object.isDifficult {
        asked[object.category] += 1
      }
    }
    return DetectionFigures(
      value: max(0, result.overall.ap),
      classes: dataset.classes.indices.map { place in
        let ap = result.perClass[place].ap
        return .init(name: dataset.classes[place], asked: asked[place], ap: ap < 0 ? nil : ap)
      },
      others: Array(zip(COCOFigures.names, result.overall.values))
    )
  }
}
