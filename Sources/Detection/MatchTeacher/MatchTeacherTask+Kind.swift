import Datasets
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
    ),
    options: [weighed.spec],
    preparation: { _, network in
      // Any network may be matched: its head's way of images counts where it has one.
      guard let kind = TaskKind.recognized(network) else {
        return ImagePreparation(normalization: .imageNet, interpolation: .cubic)
      }
      return try kind.preparation(Settings(), network)
    }
  ) { settings, subject in
    guard try settings[weighed], let network = subject.network,
      let kind = try? HeadKind.recognized(network).kind
    else { return MatchTeacherTask() }
    return MatchTeacherTask(rows: try kind.head(network, HeadOptions()).matchedRows)
  }

  private static let weighed = Parameter<Bool>(
    "weighed",
    default: true,
    doc:
      "Whether boxes and scores are matched for what they mean, where a head is known; else whole outputs are."
  )
}
