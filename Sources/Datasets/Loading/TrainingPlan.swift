/// What decides the batches of a training, apart from the files.
package struct TrainingPlan: Sendable, Hashable {
  /// What becomes of the images that do not fill an epoch's last batch.
  package enum LastBatch: String, Sendable, Hashable, CaseIterable {
    /// It is filled up with the first images of the same epoch's order.
    case fill
    /// They are left out of that epoch; where there are fewer images than a batch has, it is filled after all.
    case drop
  }

  package var batchSize: Int
  /// The network's input, where the augmentation draws no other.
  package var size: PixelSize
  package var augmentation: Augmentation
  /// How pictures that were varied become inputs; the augmentation's interpolations go before its own.
  package var preparation: ImagePreparation
  package var seed: UInt64
  package var lastBatch: LastBatch
  /// Whether images without objects are used.
  package var keepsEmpty: Bool

  package init(
    batchSize: Int,
    size: PixelSize,
    augmentation: Augmentation = .none,
    preparation: ImagePreparation = ImagePreparation(normalization: .imageNet),
    seed: UInt64 = 0,
    lastBatch: LastBatch = .fill,
    keepsEmpty: Bool = false
  ) {
    self.batchSize = max(1, batchSize)
    self.size = size
    self.augmentation = augmentation
    self.preparation = preparation
    self.seed = seed
    self.lastBatch = lastBatch
    self.keepsEmpty = keepsEmpty
  }

  /// The input size of a step.
  package func size(step: Int) -> PixelSize {
    guard !augmentation.sides.isEmpty else { return size }
    var random = stepKey(step).random("side")
    let side = augmentation.sides[random.index(below: augmentation.sides.count)]
    return PixelSize(width: side, height: side)
  }

  /// The interpolation of a step.
  package func interpolation(step: Int) -> Interpolation {
    guard !augmentation.interpolations.isEmpty else { return .linear }
    var random = stepKey(step).random("interpolation")
    return augmentation.interpolations[random.index(below: augmentation.interpolations.count)]
  }

  /// The order of an epoch over `count` images.
  package func order(epoch: Int, count: Int) -> [Int] {
    var random = Augmentation.Key(seed: seed, step: epoch, sample: -2).random("order")
    return Array(0..<count).shuffled(using: &random)
  }

  private func stepKey(_ step: Int) -> Augmentation.Key {
    Augmentation.Key(seed: seed, step: step, sample: -1)
  }
}
