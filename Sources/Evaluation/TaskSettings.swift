package import Detection
import Graphs
package import Models
package import PluginKit

/// What a model is for: which loss and which boxes its outputs stand for.
package struct TaskSettings: Sendable, Hashable {
  package var kind: TaskKind
  /// Nil where the recipe does not say: the data's number then, or COCO's 80.
  package var classes: Int?
  /// Every option of the kind, defaults filled in.
  package var options: Settings

  package init(kind: TaskKind, classes: Int? = nil, options: Settings = Settings()) {
    self.kind = kind
    self.classes = classes
    self.options = options
  }

  /// The task of a model on data.
  ///
  /// - Parameters:
  ///   - model: whose outputs it reads.
  ///   - classNames: the data's, of which there are as many as classes where the settings do not say.
  /// - Returns: the task.
  /// - Throws: `DetectionError` for options that make no task, and for a model that it does not fit.
  package func task(for model: Model, classNames: [String]) throws -> any DetectionTask {
    try kind.task(
      options,
      TaskSubject(classes: classes, classNames: classNames, network: model.interface)
    )
  }

  /// The names of the model's classes, by place; those that a file or the settings do not name are missing.
  ///
  /// - Throws: `PluginError` for settings that were not checked.
  package func classNames(of model: Model) throws -> [Int: String] {
    let names = try kind.classNames(options, model.interface)
    return Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.offset, $0.element) })
  }

  /// The task that a model's outputs show, where nobody says.
  ///
  /// - Throws: `DetectionError.unrecognized` where they show none.
  package static func recognized(_ model: Model) throws -> TaskSettings {
    let network = model.interface
    if let kind = TaskKind.recognized(network) { return TaskSettings(kind: kind) }
    _ = try HeadKind.recognized(network)
    return TaskSettings(kind: .detector)
  }
}
