package import Datasets
package import Detection
package import Evaluation

/// What a step trains with, apart from the model and its settings.
package struct TrainingMaterial: Sendable {
  package var task: any DetectionTask
  package var batches: any BatchSource
  /// The images that the model is judged by, where it is.
  package var evaluation: (any EvaluationSet)?
  /// A hash of the list of images and their labels.
  package var dataHash: String

  package init(
    task: any DetectionTask,
    batches: any BatchSource,
    evaluation: (any EvaluationSet)? = nil,
    dataHash: String
  ) {
    self.task = task
    self.batches = batches
    self.evaluation = evaluation
    self.dataHash = dataHash
  }
}
