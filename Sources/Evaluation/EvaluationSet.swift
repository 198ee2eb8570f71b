internal import Metrics
package import Models
package import Tensors

/// A fixed list of images with a metric over them; what does not depend on the model is done once.
///
/// A model is judged image by image, so that an image's record can be kept, drawn again (bootstrap) and shared between runs.
package protocol EvaluationSet: Sendable {
  /// The number of images.
  var count: Int { get }

  /// The hexadecimal SHA-256 of all that decides the metric: images, truths, input size, task and metric.
  var contentHash: String { get }

  /// The metric's name as reports print it, such as `mAP@0.5 (11point)`.
  var metricName: String { get }

  /// Outputs of the network that the metric leaves out.
  var leftOut: [ComparedOutputs.LeftOut] { get }

  /// The network's inputs by name for some of the images.
  func inputs(_ images: Range<Int>) throws -> [String: Tensor]

  /// What the outputs say of each of these images.
  func records(_ outputs: [String: Tensor], _ images: Range<Int>) throws -> [ImageRecord]

  /// The metric, from 0 to 1, more being better.
  ///
  /// - Parameters:
  ///   - records: one an image, in order.
  ///   - sample: images to count, each as often as it is named; nil counts each once.
  /// - Returns: the figure.
  /// - Throws: what the metric refuses, such as records of another kind.
  func metric(_ records: [ImageRecord], sample: [Int]?) throws -> Double
}

extension EvaluationSet {
  package var leftOut: [ComparedOutputs.LeftOut] { [] }
}

/// What a model said of one image, as far as its metric needs it.
package enum ImageRecord: Sendable, Hashable, Codable {
  /// The boxes found: class, left, top, width, height, score for each, as 64-bit floats.
  case boxes([Double])
  /// How well the outputs agree with a teacher's, from 0 to 1.
  case agreement(Double)

  /// What ``boxes(_:)`` has of a box.
  static func numbers(_ category: Int, _ box: Box, _ score: Double) -> [Double] {
    [Double(category), box.x, box.y, box.width, box.height, score]
  }
}
