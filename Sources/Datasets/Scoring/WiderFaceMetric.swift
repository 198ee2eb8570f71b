internal import Metrics

extension DetectionMetric {
  /// WIDER FACE's protocol over the official lists where they are there, else over all valid faces.
  package static let wider = DetectionMetric(
    "wider",
    doc:
      "WIDER FACE's average precision at IoU 0.5: easy, medium and hard by the official lists, else all valid faces.",
    title: "AP@0.5 (wider)",
    countsLastPixel: true
  ) {
    WiderFaceFound(
      images: faces($0, $1),
      hasSubsets: $0.entries.contains { $0.official != nil }
    )
  }

  private static func faces(
    _ dataset: Dataset,
    _ detections: [DetectedBox]
  ) -> [WiderFaceImage] {
    var images = dataset.entries.map { entry in
      if let official = entry.official { return official }
      let places = entry.objects.indices.filter { !entry.objects[$0].isDifficult }
      return WiderFaceImage(
        faces: entry.objects.map(\.box),
        asked: WiderFaceSubset.allCases.map { _ in places }
      )
    }
    for detection in detections {
      images[detection.image].found.append(detection.box)
      images[detection.image].scores.append(detection.score)
    }
    return images
  }
}

private struct WiderFaceFound: DetectionMatching {
  let images: [WiderFaceImage]
  let hasSubsets: Bool

  func figures(_ dataset: Dataset, sample: [Int]?) -> DetectionFigures {
    let chosen = sample.map { $0.map { images[$0] } } ?? images
    let ap = WiderFaceAP(chosen)
    let hard = WiderFaceSubset.hard.rawValue
    return DetectionFigures(
      value: ap.values[hard],
      classes: [.init(name: "face", asked: ap.faces[hard], ap: ap.values[hard])],
      others: hasSubsets
        ? WiderFaceSubset.allCases.map { ($0.name, ap.values[$0.rawValue]) } : []
    )
  }
}
