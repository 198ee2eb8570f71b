import Datasets
import Metrics
import PluginKit

/// How detections become one figure.
package enum DetectionMetric: String, Sendable, Hashable, ParameterChoice {
  /// Pascal VOC's mean average precision at IoU 0.5 by eleven points of recall, the benchmark's.
  case elevenPoint = "11point"
  /// The same by precision times gain of recall (PaddleDetection 0.2).
  case integral
  /// The same by the area under the envelope (VOC 2010).
  case everyPoint = "every_point"
  /// COCO's AP at IoU 0.50 to 0.95.
  case coco
  /// WIDER FACE's protocol over all labelled faces.
  case wider

  /// The name as reports print it.
  package var title: String {
    switch self {
    case .elevenPoint, .integral, .everyPoint: "mAP@0.5 (\(rawValue))"
    case .coco: "AP[.5:.95] (coco)"
    case .wider: "AP@0.5 (wider, all faces)"
    }
  }

  /// Whether boxes count the pixel of their right and bottom edges, as PaddleDetection 0.2 writes them for this metric.
  var countsLastPixel: Bool { self == .coco || self == .wider }
}

/// A metric's figure, and each class's.
package struct DetectionFigures: Sendable, Hashable {
  /// One class.
  package struct Class: Sendable, Hashable {
    package let name: String
    /// Objects that are asked for.
    package let asked: Int
    /// Average precision; nil where nothing is asked for.
    package let ap: Double?

    package init(name: String, asked: Int, ap: Double?) {
      self.name = name
      self.asked = asked
      self.ap = ap
    }
  }

  /// From 0 to 1.
  package let value: Double
  package let classes: [Class]
  /// Further figures of the metric by name, such as COCO's twelve.
  package let others: [(name: String, value: Double)]

  package init(value: Double, classes: [Class], others: [(name: String, value: Double)] = []) {
    self.value = value
    self.classes = classes
    self.others = others
  }

  package static func == (a: DetectionFigures, b: DetectionFigures) -> Bool {
    a.value == b.value && a.classes == b.classes && a.others.elementsEqual(b.others, by: ==)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(value)
    hasher.combine(classes)
  }
}

/// Which detections found which objects, worked out once for any sample of images.
enum DetectionMatching: Sendable {
  case voc(VOCMatching, VOCMode)
  case coco(COCOMatching)
  case wider([WiderFaceImage])

  init(
    _ metric: DetectionMetric,
    _ dataset: Dataset,
    _ detections: [DetectedBox]
  ) {
    let (images, classes) = (dataset.entries.count, dataset.classes.count)
    func voc(_ mode: VOCMode) -> DetectionMatching {
      .voc(
        VOCMatching(
          truths: dataset.truths,
          detections: detections,
          images: images,
          classes: classes
        ),
        mode
      )
    }
    self =
      switch metric {
      case .elevenPoint: voc(.elevenPoint)
      case .integral: voc(.integral)
      case .everyPoint: voc(.everyPoint)
      case .coco:
        .coco(
          COCOMatching(
            truths: dataset.truths,
            detections: detections,
            images: images,
            classes: classes
          )
        )
      case .wider: .wider(Self.faces(dataset, detections))
      }
  }

  private static func faces(_ dataset: Dataset, _ detections: [DetectedBox]) -> [WiderFaceImage] {
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

  /// The figures over all images, or over a sample of them.
  func figures(_ dataset: Dataset, sample: [Int]?) -> DetectionFigures {
    switch self {
    case .voc(let matching, let mode):
      let result = matching.result(mode, sample: sample)
      return DetectionFigures(
        value: result.mean ?? 0,
        classes: zip(dataset.classes, result.perClass).map {
          .init(name: $0, asked: $1.asked, ap: $1.ap)
        },
        others: []
      )
    case .coco(let matching):
      let result = matching.result(sample: sample)
      var asked = [Int](repeating: 0, count: dataset.classes.count)
      for image in sample ?? Array(dataset.entries.indices) {
        for object in dataset.entries[image].objects where !object.isCrowd {
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
    case .wider(let images):
      let chosen = sample.map { $0.map { images[$0] } } ?? images
      let ap = WiderFaceAP(chosen)
      let hard = WiderFaceSubset.hard.rawValue
      return DetectionFigures(
        value: ap.values[hard],
        classes: [.init(name: "face", asked: ap.faces[hard], ap: ap.values[hard])],
        others: []
      )
    }
  }
}
