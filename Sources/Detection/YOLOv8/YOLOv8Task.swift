package import Datasets
package import Graphs
package import Metrics
package import Tensors

/// Training with labels of Ultralytics' anchor-free detectors (YOLOv8, 9, 11, 12) as they are exported.
///
/// The loss reads the network before it decodes: distributions over distances and class logits. Boxes are the head's.
package struct YOLOv8Task: DetectionTask {
  package static let name = "yolov8"
  package static let endsAtLastPixels = false
  /// The loss's names of what it taps: logits of distances, images x cells x 4 x bins, and of classes, images x cells x classes.
  package static let distributionsName = "yolov8: distributions"
  package static let logitsName = "yolov8: logits"

  package let detector: DetectorTask
  package let options: YOLOv8Options
  package let classes: LearnedClasses
  /// The output that is walked back from.
  let output: String

  package func loss(_ outputs: [String: Tensor], _ targets: TaskTargets) throws -> TaskLoss {
    let maps = try YOLOv8Maps(outputs, targets.inputSize, strides: options.strides)
    let truths = try LabelledBox.boxes(
      of: targets.boxes,
      classes,
      count: maps.classes,
      width: Double(targets.inputSize.width),
      height: Double(targets.inputSize.height),
      task: Self.name
    )
    guard truths.count == maps.images else {
      throw DetectionError.outputs(
        task: Self.name,
        "the outputs are of \(maps.images) images; there are \(truths.count)"
      )
    }
    return try loss(maps, truths)
  }

  package func detections(
    _ outputs: [String: Tensor],
    _ images: TaskImages
  ) throws -> [[DetectedBox]] { try detector.detections(outputs, images) }

  package func companions(images: Int, inputSize: PixelSize) -> [String: Constant] {
    detector.companions(images: images, inputSize: inputSize)
  }
}

extension YOLOv8Task: CustomStringConvertible {
  /// What decides its boxes, for keys of caches.
  package var description: String { detector.description }
}
