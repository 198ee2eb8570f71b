package import Evaluation
package import Models

extension TrainSettings {
  /// Refuses a batch that cannot be made of whole runs of a model.
  ///
  /// - Returns: the number of images that the model's nodes insist on; nil where they take any.
  /// - Throws: ``TrainingError/batch(model:asked:_:)``.
  @discardableResult
  package func requireBatch(of model: Model) throws(TrainingError) -> FixedBatch? {
    guard let fixed = model.fixedBatch() else { return nil }
    guard batch.isMultiple(of: fixed.count) else {
      throw .batch(model: model.name, asked: batch, fixed)
    }
    return fixed
  }
}
