package import Datasets
package import Graphs
package import Metrics
package import Tensors

/// Training with labels of detectors that say a set of boxes (DETR, RT-DETR, D-FINE), as they are exported.
///
/// A file has the last decoder layer's boxes only, so the losses of the layers before, which the papers add, are left out.
package struct DETRTask: DetectionTask {
  package static let name = "detr"
  package static let endsAtLastPixels = false
  /// The loss's names of what it taps: images x queries x classes, and x (centre, width and height in shares of the input).
  package static let logitsName = "detr: logits"
  package static let boxesName = "detr: boxes"

  package let detector: DetectorTask
  package let options: DETROptions
  package let classes: LearnedClasses
  /// Where the network says boxes and classes.
  package let outputs: DETROutputs

  package init(
    _ detector: DetectorTask,
    _ outputs: DETROutputs,
    options: DETROptions = DETROptions(),
    classes: LearnedClasses = LearnedClasses()
  ) {
    self.detector = detector
    self.outputs = outputs
    self.options = options
    self.classes = classes
  }

  package func loss(_ outputs: [String: Tensor], _ targets: TaskTargets) throws -> TaskLoss {
    guard let logits = outputs[Self.logitsName], let boxes = outputs[Self.boxesName] else {
      throw DetectionError.outputs(
        task: Self.name,
        "logits and boxes were not read from the network"
      )
    }
    guard logits.rank == 3, logits.shape[0] == targets.boxes.count else {
      throw DetectionError.outputs(
        task: Self.name,
        "logits are \(logits); there are \(targets.boxes.count) images"
      )
    }
    let truths = try LabelledBox.boxes(
      of: targets.boxes,
      classes,
      count: logits.shape[2] - (options.loss == .softmax ? 1 : 0),
      width: 1,
      height: 1,
      task: Self.name
    )
    return try loss(
      DETRQueries(logits, boxes.narrowed(along: 2, from: 0, count: 4), options),
      truths
    )
  }

  package func detections(
    _ outputs: [String: Tensor],
    _ images: TaskImages
  ) throws -> [[DetectedBox]] { try detector.detections(outputs, images) }

  package func companions(images: Int, inputSize: PixelSize) -> [String: Constant] {
    detector.companions(images: images, inputSize: inputSize)
  }
}

extension DETRTask: CustomStringConvertible {
  /// What decides its boxes, for keys of caches.
  package var description: String { detector.description }
}
