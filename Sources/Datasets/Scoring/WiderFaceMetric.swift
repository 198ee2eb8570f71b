internal import Metrics

extension DetectionMetric {
  /// WIDER FACE's protocol over all labelled faces.
  package static let wider = DetectionMetric(
    "wider",
    doc: "WIDER FACE's average precision at IoU 0.5, over all labelled faces.",
    title: "AP@0.5 (wider, all faces)",
    countsLastPixel: true
  ) { WiderFaceFound(images: faces($0, $1)) }

  private static func faces(
    _ dataset: Dataset,
    _ detections: [DetectedBox]
  ) -> [WiderFaceImage] {
    var images = dataset.entries.map { entry in
      let places = Array(entry.objects.indices)
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

  func figures(_ dataset: Dataset, sample: [Int]?) -> DetectionFigures {
    let chosen = sample.map { $0.map { images[$0] } } ?? images
    let ap = WiderFaceAP(chosen)
    let hard = WiderFaceSubset.hard.rawValue
    return DetectionFigures(
      value: ap.values[hard],
      classes: [.init(name: "face", asked: ap.faces[hard], ap: ap.values[hard])]
    )
  }
}
