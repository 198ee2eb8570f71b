import PluginKit

extension TaskKind {
  /// Any network against the one that it was.
  package static let matchTeacher = TaskKind(
    MatchTeacherTask.name,
    doc: "Outputs of any kind, which are to stay a teacher's; needs no labels.",
    reference: .teacher(
      Parameter<String>(
        "teacher",
        default: "",
        doc: "An ONNX file; the model as it was before the first step if none."
      )
    )
  ) { _, _ in MatchTeacherTask() }
}
