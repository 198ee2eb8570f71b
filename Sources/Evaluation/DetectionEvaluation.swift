package import Datasets
package import Detection
import Files
import Graphs
package import Metrics
import Operators
import Synchronization
package import Tensors

/// A labelled data set at one input size, judged by a metric of detection.
package final class DetectionEvaluation: EvaluationSet {
  package let images: EvaluationImages
  package let task: any DetectionTask
  package let metric: DetectionMetric
  /// The name of the network's input.
  package let inputName: String
  /// Whether images are looked at by WIDER FACE's multi-scale protocol, not at the one size.
  package let isMultiScale: Bool
  package let contentHash: String

  private struct Known {
    /// The sizes of the images read so far.
    var sizes: [Int: PixelSize] = [:]
    /// The records that were matched last.
    var records: [ImageRecord] = []
    var matching: (any DetectionMatching)?
  }
  private let known = Mutex(Known())

  /// A data set at one input size.
  ///
  /// - Throws: `FileError` for an image that is not there to be hashed, where `images` refuses such.
  package init(
    _ images: EvaluationImages,
    task: any DetectionTask,
    metric: DetectionMetric,
    inputName: String = "image",
    isMultiScale: Bool = false
  ) throws {
    self.images = images
    self.task = task
    self.metric = metric
    self.inputName = inputName
    self.isMultiScale = isMultiScale
    contentHash = try Self.hash(images, task, metric, isMultiScale)
  }

  package var count: Int { images.count }
  package var metricName: String { metric.title }

  package func inputs(_ range: Range<Int>) throws -> [String: Tensor] {
    let batch = try batch(range)
    let shape = [batch.count, 3, batch.size.height, batch.size.width]
    var inputs = [inputName: try Tensor(batch.pixels, shape: shape)]
    for (name, array) in task.companions(images: batch.count, inputSize: batch.size) {
      inputs[name] = try array.tensor()
    }
    return inputs
  }

  package func records(
    _ outputs: [String: Tensor],
    _ range: Range<Int>
  ) throws -> [ImageRecord] {
    let found = try task.detections(
      outputs,
      TaskImages(
        indices: Array(range),
        originalSizes: try sizes(range),
        inputSize: images.size,
        fit: images.preparation.fit
      )
    )
    return found.map { boxes in
      .boxes(boxes.flatMap { ImageRecord.numbers($0.category, $0.box, $0.score) })
    }
  }

  package func metric(_ records: [ImageRecord], sample: [Int]?) throws -> Double {
    try figures(records, sample: sample).value
  }

  /// The metric with each class's figure.
  package func figures(
    _ records: [ImageRecord],
    sample: [Int]? = nil
  ) throws -> DetectionFigures {
    try matching(records).figures(images.dataset, sample: sample)
  }

  /// The boxes of records, in order of images, as the metric counts their edges.
  package func detections(_ records: [ImageRecord]) throws -> [DetectedBox] {
    try detections(records, for: metric)
  }

  private func detections(
    _ records: [ImageRecord],
    for metric: DetectionMetric
  ) throws -> [DetectedBox] {
    let last =
      type(of: task).endsAtLastPixels
      ? (metric.countsLastPixel ? 0 : -1) + images.dataset.edges.missingInDetections : 0
    var boxes: [DetectedBox] = []
    for (image, record) in records.enumerated() {
      guard case .boxes(let numbers) = record, numbers.count.isMultiple(of: 6) else {
        throw EvaluationError.records("image \(image) has no record of boxes")
      }
      for start in stride(from: 0, to: numbers.count, by: 6) {
        let category = Int(numbers[start])
        guard images.dataset.classes.indices.contains(category) else {
          throw EvaluationError.classes(
            model: category + 1,
            data: images.dataset.classes
          )
        }
        let box = Box(
          x: numbers[start + 1],
          y: numbers[start + 2],
          width: numbers[start + 3] + last,
          height: numbers[start + 4] + last
        )
        boxes.append(
          DetectedBox(image: image, category: category, box: box, score: numbers[start + 5])
        )
      }
    }
    return boxes
  }

  private func matching(_ records: [ImageRecord]) throws -> any DetectionMatching {
    guard records.count == count else {
      throw EvaluationError.records("\(records.count) records for \(count) images")
    }
    if let matching = known.withLock({ $0.records == records ? $0.matching : nil }) {
      return matching
    }
    let matching = try matching(records, by: metric)
    known.withLock {
      $0.records = records
      $0.matching = matching
    }
    return matching
  }

  private func matching(
    _ records: [ImageRecord],
    by metric: DetectionMetric
  ) throws -> any DetectionMatching {
    // Networks of others state what their labels did, which today's tools take as places between pixels.
    let dataset =
      type(of: task).endsAtLastPixels
      ? images.dataset.counted(lastPixel: !metric.countsLastPixel) : images.dataset
    return metric.matching(dataset, try detections(records, for: metric))
  }

  /// COCO's mean average precision at IoU 0.50, and over 0.50 to 0.95, whatever the metric is.
  package func summary(_ records: [ImageRecord]) throws -> (at50: Double, over50To95: Double) {
    let matching =
      metric == .coco ? try matching(records) : try matching(records, by: .coco)
    let figures = matching.figures(images.dataset, sample: nil)
    let at50 = figures.others.first { $0.name == "AP50" }?.value ?? 0
    return (max(0, at50), figures.value)
  }

  private func batch(_ range: Range<Int>) throws -> ImageBatch {
    let batch = try images.batch(range)
    known.withLock { known in
      for (index, size) in zip(batch.indices, batch.originalSizes) { known.sizes[index] = size }
    }
    return batch
  }

  private func sizes(_ range: Range<Int>) throws -> [PixelSize] {
    let sizes = known.withLock { known in range.compactMap { known.sizes[$0] } }
    return sizes.count == range.count ? sizes : try batch(range).originalSizes
  }

  /// Covers the files' bytes, what is labelled, and how images become inputs and outputs a figure.
  private static func hash(
    _ images: EvaluationImages,
    _ task: any DetectionTask,
    _ metric: DetectionMetric,
    _ isMultiScale: Bool
  ) throws -> String {
    var text = "espalier evaluation 1\n\(type(of: task).name) \(task)\n\(metric.name)\n"
    text +=
      isMultiScale
      ? "multi-scale \(images.preparation.normalization)\n"
      : "\(images.size) \(images.preparation)\n"
    // Named where it is not as in the first data sets that had figures.
    if images.dataset.edges == .behind { text += "edges \(images.dataset.edges)\n" }
    text += "\(images.dataset.contentHash)\n"
    for entry in images.dataset.entries {
      text += try fileHash(entry.path, policy: images.reading.policy) + "\n"
    }
    return SHA256.hexadecimal(of: Array(text.utf8).span)
  }

  private static func fileHash(_ path: String, policy: FaultPolicy) throws -> String {
    do {
      let bytes = try File.bytes(of: path)
      return unsafe bytes.withUnsafeBytes { raw in
        unsafe SHA256.hexadecimal(of: raw.bindMemory(to: UInt8.self).span)
      }
    } catch {
      guard policy == .skip else { throw error }
      return "unreadable"
    }
  }
}
