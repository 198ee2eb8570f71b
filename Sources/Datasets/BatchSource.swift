/// Batches by their number: the same number always gives the same batch, whatever was asked before.
///
/// That is what lets a run that was killed go on from its last checkpoint with the same bits.
package protocol BatchSource: Sendable {
  /// Batches in one pass over the data.
  var batchesPerEpoch: Int { get }

  /// The batch of a training step, from 0; steps asked for in order are prepared ahead.
  ///
  /// - Throws: ``DataError`` for an image that cannot be read, where the policy is to refuse.
  func batch(_ step: Int) throws -> ImageBatch
}
