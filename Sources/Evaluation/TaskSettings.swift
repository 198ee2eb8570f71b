package import Detection
import Graphs
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

  /// The task, for the number of classes that the settings or else the data have.
  ///
  /// - Throws: `DetectionError` for options that make no task.
  package func task(dataClasses: Int) throws -> any DetectionTask {
    try kind.task(options, classes: classes ?? dataClasses)
  }
}
