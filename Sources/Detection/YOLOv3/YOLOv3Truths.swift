import Datasets

/// The boxes of a batch that count, each with the anchor whose shape is most like its own.
struct YOLOv3Truths: Sendable {
  struct Truth: Sendable {
    var box: TargetBox
    /// The place of its anchor among the task's.
    var anchor: Int
  }

  /// The boxes of each image.
  let images: [[Truth]]
  let inputSize: PixelSize

  /// Checks boxes and finds their anchors; boxes without extent do not count.
  ///
  /// - Throws: ``DetectionError`` for a box that is not finite or has a class out of range.
  init(
    _ boxes: [[TargetBox]],
    task: YOLOv3Task,
    inputSize: PixelSize
  ) throws(DetectionError) {
    let options = task.options
    var images: [[Truth]] = []
    for (image, boxes) in boxes.enumerated() {
      var truths: [Truth] = []
      for box in boxes {
        if let fault = Self.fault(box, classes: options.classes) {
          throw .unsupported(task: YOLOv3Task.name, "image \(image) of the batch has \(fault)")
        }
        guard Self.counts(box, options.loss) else { continue }
        let anchor = Self.anchor(of: box, options.anchors, inputSize)
        truths.append(Truth(box: box, anchor: anchor))
      }
      images.append(truths)
    }
    self.images = images
    self.inputSize = inputSize
  }

  private static func fault(_ box: TargetBox, classes: Int) -> String? {
    let numbers = [box.centerX, box.centerY, box.width, box.height, box.weight]
    if !numbers.allSatisfy(\.isFinite) { return "a box that is not finite: \(numbers)" }
    if !(0..<classes).contains(box.category) {
      return "a box of class \(box.category), and the task has \(classes), from 0"
    }
    return nil
  }

  private static func counts(_ box: TargetBox, _ loss: YOLOv3Options.LossKind) -> Bool {
    switch loss {
    case .standard: box.width > 1e-6 && box.height > 1e-6
    case .fineGrained: box.width > 0 && box.height > 0 && box.weight > 0
    }
  }

  /// The first anchor with the largest IoU when both are centred on one point.
  private static func anchor(
    of box: TargetBox,
    _ anchors: [YOLOv3Options.Anchor],
    _ inputSize: PixelSize
  ) -> Int {
    let width = box.width * Float(inputSize.width)
    let height = box.height * Float(inputSize.height)
    var best = (place: 0, iou: -Float.infinity)
    for (place, anchor) in anchors.enumerated() {
      let meeting = min(width, anchor.width) * min(height, anchor.height)
      let iou = meeting / (width * height + anchor.width * anchor.height - meeting)
      if iou > best.iou { best = (place, iou) }
    }
    return best.place
  }
}
