package import Datasets
import Graphs
package import PluginKit

/// A kind of task, and all that is asked of it before there are outputs.
///
/// Adding a task is adding a value, beside the conformance to ``DetectionTask`` that it makes, and its name to ``all``.
package struct TaskKind: Listed {
  /// What the task compares outputs with.
  package enum Reference: Sendable {
    /// Labelled boxes.
    case labels
    /// The outputs of another network, an ONNX file that the option names; the model as it was where it names none.
    case teacher(Parameter<String>)
  }

  package let name: String
  /// What help and schema say of it, in a sentence.
  package let doc: String
  package let reference: Reference
  /// How pixels become what its networks were made for, where nobody says otherwise.
  package let normalization: Normalization
  /// How images are brought to the input's size where they are not varied.
  package let interpolation: Interpolation
  private let own: [ParameterSpec]
  private let make: @Sendable (Settings, Int) throws -> any DetectionTask

  /// - Parameters:
  ///   - name: of the task.
  ///   - doc: a sentence.
  ///   - reference: what outputs are compared with.
  ///   - normalization: its networks' own.
  ///   - interpolation: its networks' own.
  ///   - options: what recipes may say, but for the teacher.
  ///   - make: the task, of options that were checked and a number of classes.
  package init(
    _ name: String,
    doc: String,
    reference: Reference = .labels,
    normalization: Normalization = .imageNet,
    interpolation: Interpolation = .cubic,
    options: [ParameterSpec] = [],
    make: @escaping @Sendable (Settings, Int) throws -> any DetectionTask
  ) {
    self.name = name
    self.doc = doc
    self.reference = reference
    self.normalization = normalization
    self.interpolation = interpolation
    own = options
    self.make = make
  }

  /// Every option that recipes may give.
  package var options: [ParameterSpec] { own + (teacher.map { [$0.spec] } ?? []) }

  /// The option that names the network to compare with; nil for a task that compares with labels.
  package var teacher: Parameter<String>? {
    if case .teacher(let option) = reference { option } else { nil }
  }

  /// Whether images without labels are of no use to it.
  package var needsLabels: Bool { teacher == nil }

  /// The task.
  ///
  /// - Throws: ``DetectionError`` for options that make no task.
  package func task(_ options: Settings, classes: Int) throws -> any DetectionTask {
    try make(options, classes)
  }
}

extension TaskKind {
  /// The tasks that there are.
  package static let all: [TaskKind] = [.yolov3, .ssdFace, .matchTeacher]

  /// How messages name the tasks that need no labels.
  package static let namesWithoutLabels = alternatives(
    all.filter { !$0.needsLabels }.map(\.name)
  )

  /// What a detector is taken for where nobody says.
  package static let standard = TaskKind.yolov3
}
