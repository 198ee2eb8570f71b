package import Detection
import PluginKit

extension TaskSettings {
  /// The task, for a number of classes.
  ///
  /// - Throws: `DetectionError` for options that make no task; ``TrainingError/unusable(_:)``.
  package func task(classes: Int) throws -> any DetectionTask {
    switch kind {
    case .yolov3:
      var options = YOLOv3Options(classes: classes)
      options.scoreThreshold = Float(try self.options[Self.scoreThreshold])
      options.ignoreThreshold = Float(try self.options[Self.ignoreThreshold])
      options.smoothsLabels = try self.options[Self.labelSmooth]
      options.suppression.overlap = Float(try self.options[Self.nmsThreshold])
      options.suppression.candidates = try self.options[Self.nmsTopK]
      options.suppression.kept = try self.options[Self.keepTopK]
      options.loss = try self.options[Self.loss]
      let sides = try self.options[Self.anchors]
      guard sides.count.isMultiple(of: 2) else {
        throw TrainingError.unusable("'anchors' has \(sides.count) numbers; each anchor has two")
      }
      if !sides.isEmpty { options.setAnchors(sides) }
      return try YOLOv3Task(options: options)
    case .ssdFace:
      var task = SSDFaceTask()
      task.scoreThreshold = Float(try self.options[Self.scoreThreshold])
      task.suppression.overlap = Float(try self.options[Self.faceNMSThreshold])
      task.suppression.candidates = try self.options[Self.faceNMSTopK]
      task.suppression.kept = try self.options[Self.faceKeepTopK]
      return task
    case .matchTeacher: return MatchTeacherTask()
    }
  }
}

extension YOLOv3Options {
  /// Anchors from small to large, a third for each map, the largest for the coarsest.
  fileprivate mutating func setAnchors(_ sides: [Double]) {
    anchors = stride(from: 0, to: sides.count, by: 2).map {
      Anchor(Float(sides[$0]), Float(sides[$0 + 1]))
    }
    let each = max(1, anchors.count / masks.count)
    masks = stride(from: anchors.count, to: 0, by: -each).map { Array(max(0, $0 - each)..<$0) }
  }
}
