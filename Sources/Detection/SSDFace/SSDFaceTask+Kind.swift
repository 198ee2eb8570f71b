import Datasets

extension TaskKind {
  /// BlazeFace's faces.
  package static let ssdFace = TaskKind(
    SSDFaceTask.name,
    doc: "BlazeFace's boxes of faces, the one class.",
    options: SSDFaceTask.boxes.specs,
    recognizes: { $0.output("face_box.0") != nil && $0.output("face_score.0") != nil },
    preparation: { _, _ in ImagePreparation(normalization: .blazeFace, interpolation: .linear) }
  ) { settings, _ in
    var task = SSDFaceTask()
    try SSDFaceTask.boxes.read(settings, score: &task.scoreThreshold, &task.suppression)
    return task
  }
}

extension SSDFaceTask {
  fileprivate static let boxes = SuppressionOptions(
    "Faces",
    overlap: 0.3,
    candidates: 5000,
    kept: 750
  )
}
