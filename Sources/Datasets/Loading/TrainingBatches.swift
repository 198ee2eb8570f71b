/// Shuffled, augmented batches, prepared ahead on threads; the same plan and files give the same bits for every step.
package final class TrainingBatches: BatchSource {
  package let plan: TrainingPlan
  package let dataset: Dataset
  private let maker: BatchMaker
  private let queue: BatchQueue

  /// Batches of a data set.
  ///
  /// - Parameters:
  ///   - dataset: images and boxes; those without objects are left out unless the plan keeps them.
  ///   - plan: what decides the batches.
  ///   - reading: how files are read, and on how many threads.
  ///   - ahead: steps to prepare beyond the one last asked for; nil is one more than there are threads.
  /// - Throws: ``DataError/empty(path:reason:)`` where no image is left to use.
  package init(
    _ dataset: Dataset,
    plan: TrainingPlan,
    reading: ImageReading = ImageReading(),
    ahead: Int? = nil
  ) throws(DataError) {
    self.plan = plan
    self.dataset = dataset
    let maker = try BatchMaker(dataset, plan, reading)
    self.maker = maker
    queue = BatchQueue(threads: reading.threads, ahead: ahead ?? reading.threads + 1) { step in
      Result { () throws(DataError) in try maker.batch(step) }
    }
  }

  deinit { queue.stop() }

  package var batchesPerEpoch: Int { maker.batchesPerEpoch }

  /// The number of images in use.
  package var imageCount: Int { maker.usable.count }

  /// What was wrong with images used so far, where the policy is to skip; others took their places.
  package var problems: [DataProblem] { maker.noted }

  package func batch(_ step: Int) throws -> ImageBatch {
    precondition(step >= 0, "steps count from 0")
    return try queue.outcome(step).get()
  }
}
