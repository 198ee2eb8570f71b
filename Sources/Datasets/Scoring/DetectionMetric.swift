internal import Graphs
package import Metrics

/// How detections become one figure.
///
/// Adding a metric is adding a value, beside what computes it, and its name to ``all``.
package struct DetectionMetric: Listed {
  package let name: String
  /// What help says of it, in a sentence.
  package let doc: String
  /// The name as reports print it.
  package let title: String
  /// Whether boxes count the pixel of their right and bottom edges, as PaddleDetection 0.2 writes them for this metric.
  package let countsLastPixel: Bool
  /// Which detections found which objects, worked out once for any sample of images.
  package let matching: @Sendable (Dataset, [DetectedBox]) -> any DetectionMatching

  package init(
    _ name: String,
    doc: String,
    title: String,
    countsLastPixel: Bool = false,
    matching: @escaping @Sendable (Dataset, [DetectedBox]) -> any DetectionMatching
  ) {
    self.name = name
    self.doc = doc
    self.title = title
    self.countsLastPixel = countsLastPixel
    self.matching = matching
  }
}

extension DetectionMetric {
  /// The metrics that there are.
  package static let all: [DetectionMetric] = [
    .elevenPoint, .integral, .everyPoint, .coco, .wider,
  ]
}

/// Which detections found which objects.
package protocol DetectionMatching: Sendable {
  /// The figures over all images of the data set that was matched, or over a sample of them, each as often as it is named.
  func figures(_ dataset: Dataset, sample: [Int]?) -> DetectionFigures
}
