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
  /// Whether the loss compares outputs with those of another network, so that training needs no labels.
  package let matchesTeacher: Bool
  /// Whether a network is one of the task's, by its interface.
  package let recognizes: @Sendable (NetworkInterface) -> Bool
  private let own: [ParameterSpec]
  private let prepare: @Sendable (Settings, NetworkInterface) throws -> ImagePreparation
  private let make: @Sendable (Settings, TaskSubject) throws -> any DetectionTask

  /// - Parameters:
  ///   - name: of the task.
  ///   - doc: a sentence.
  ///   - reference: what outputs are compared with.
  ///   - matchesTeacher: whether the loss compares with a teacher's outputs though labels judge the model.
  ///   - options: what recipes may say, but for the teacher.
  ///   - recognizes: whether a network is one of the task's.
  ///   - preparation: how images become what its networks were made for, where nobody says otherwise.
  ///   - make: the task, of options that were checked.
  package init(
    _ name: String,
    doc: String,
    reference: Reference = .labels,
    matchesTeacher: Bool = false,
    options: [ParameterSpec] = [],
    recognizes: @escaping @Sendable (NetworkInterface) -> Bool = { _ in false },
    preparation: @escaping @Sendable (Settings, NetworkInterface) throws -> ImagePreparation,
    make: @escaping @Sendable (Settings, TaskSubject) throws -> any DetectionTask
  ) {
    self.name = name
    self.doc = doc
    self.reference = reference
    self.matchesTeacher = if case .teacher = reference { true } else { matchesTeacher }
    self.recognizes = recognizes
    prepare = preparation
    own = options
    self.make = make
  }

  /// Every option that recipes may give.
  package var options: [ParameterSpec] { own + (teacher.map { [$0.spec] } ?? []) }

  /// The option that names the network to compare with; nil for a task that compares with labels.
  package var teacher: Parameter<String>? {
    if case .teacher(let option) = reference { option } else { nil }
  }

  /// Whether models are judged by labels.
  package var needsLabels: Bool { teacher == nil }

  /// The task.
  ///
  /// - Parameters:
  ///   - options: that were checked.
  ///   - subject: the network and the data that it is for.
  /// - Returns: the task.
  /// - Throws: ``DetectionError`` for options that make no task, and for a network that it does not fit.
  package func task(_ options: Settings, _ subject: TaskSubject) throws -> any DetectionTask {
    try make(options, subject)
  }

  /// The names of a network's classes, where options or the file say them.
  package func classNames(_ options: Settings, _ network: NetworkInterface) throws -> [String] {
    let given =
      own.contains { $0.name == HeadParameters.names.spec.name }
      ? try options[HeadParameters.names] : []
    return given.isEmpty ? ClassNames.of(network) : given
  }

  /// How images become a network's input, where the data's settings do not say otherwise.
  ///
  /// - Throws: ``DetectionError`` for a network that the task does not fit.
  package func preparation(
    _ options: Settings,
    _ network: NetworkInterface
  ) throws -> ImagePreparation {
    try prepare(options, network)
  }
}

/// What a task is made for.
package struct TaskSubject: Sendable {
  /// The number of classes that a recipe says; nil where it does not.
  package var classes: Int?
  /// The data's names of classes, in order; none where there are no labels.
  package var classNames: [String]
  /// The network; nil where there is none yet.
  package var network: NetworkInterface?

  package init(classes: Int? = nil, classNames: [String] = [], network: NetworkInterface? = nil) {
    self.classes = classes
    self.classNames = classNames
    self.network = network
  }

  /// The number of classes: what the recipe says, else the data's.
  var count: Int { classes ?? classNames.count }
}

extension TaskKind {
  /// The tasks that there are.
  package static let all: [TaskKind] = [
    .yolov3, .ssdFace, .detector, .yolov8, .detr, .matchTeacher,
  ]

  /// How messages name the tasks that train without labels.
  package static let namesWithoutLabels = alternatives(
    all.filter(\.matchesTeacher).map(\.name)
  )

  /// What a detector is taken for where nobody says and its outputs do not show it.
  package static let standard = TaskKind.yolov3

  /// The task of a network where nobody says: that whose outputs it has; nil for outputs that none knows.
  package static func recognized(_ network: NetworkInterface) -> TaskKind? {
    all.first { $0.recognizes(network) }
  }
}
