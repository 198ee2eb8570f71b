import Datasets
package import Metrics
package import Tensors

/// YOLOv3 (Redmon, Farhadi 2018) as PaddleDetection 0.2 trains and evaluates it.
///
/// Outputs are the raw maps of the scales, images x anchors (5 + classes) x rows x columns, each anchor with tx, ty, tw,
/// th, objectness and one logit a class.
package struct YOLOv3Task: DetectionTask {
  package static let name = "yolov3"

  package let options: YOLOv3Options

  /// A task with options.
  ///
  /// - Throws: ``DetectionError/unsupported(task:_:)`` for options that make no task.
  package init(options: YOLOv3Options) throws(DetectionError) {
    if let fault = options.fault { throw .unsupported(task: Self.name, fault) }
    self.options = options
  }

  /// The benchmark's task.
  ///
  /// - Throws: ``DetectionError/unsupported(task:_:)`` for less than one class.
  package init(classes: Int) throws(DetectionError) {
    try self.init(options: YOLOv3Options(classes: classes))
  }

  package func loss(
    _ outputs: [String: Tensor],
    _ targets: TaskTargets
  ) throws -> TaskLoss {
    let maps = try maps(of: outputs, inputSize: targets.inputSize, images: targets.boxes.count)
    let truths = try YOLOv3Truths(targets.boxes, task: self, inputSize: targets.inputSize)
    return try loss(maps, truths)
  }

  package func detections(
    _ outputs: [String: Tensor],
    _ images: TaskImages
  ) throws -> [[DetectedBox]] {
    let maps = try maps(of: outputs, inputSize: images.inputSize, images: images.indices.count)
    return try decoded(maps, images)
  }
}
