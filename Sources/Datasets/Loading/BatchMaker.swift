internal import Metrics

internal import Synchronization

/// Makes the batch of a step from nothing but the step: what threads of the queue, and the caller, both do.
final class BatchMaker: Sendable {
  let dataset: Dataset
  let plan: TrainingPlan
  let reading: ImageReading
  /// Places of the entries in use.
  let usable: [Int]
  let batchesPerEpoch: Int

  private let cache: PictureCache
  private let problems = Mutex([Int: DataProblem]())
  private let lastOrder = Mutex((epoch: -1, order: [Int]()))

  init(_ dataset: Dataset, _ plan: TrainingPlan, _ reading: ImageReading) throws(DataError) {
    self.dataset = dataset
    self.plan = plan
    self.reading = reading
    let usable = dataset.entries.indices.filter { index in
      plan.keepsEmpty || dataset.entries[index].objects.contains { !$0.isCrowd }
    }
    guard !usable.isEmpty else {
      throw .empty(
        path: dataset.entries.first?.path ?? "the data set",
        reason: "none of its \(dataset.entries.count) images has an object to train on"
      )
    }
    self.usable = usable
    let whole = usable.count / plan.batchSize
    let isFull = usable.count.isMultiple(of: plan.batchSize)
    batchesPerEpoch = max(1, whole + (isFull || plan.lastBatch == .drop ? 0 : 1))
    cache = PictureCache(budget: reading.cacheBytes)
  }

  /// What was wrong with images used so far, in the order of the data set.
  var noted: [DataProblem] {
    problems.withLock { problems in problems.sorted { $0.key < $1.key }.map(\.value) }
  }

  func batch(_ step: Int) throws(DataError) -> ImageBatch {
    let size = plan.size(step: step)
    let interpolation = plan.interpolation(step: step)
    var indices: [Int] = []
    var sizes: [PixelSize] = []
    var targets: [[TargetBox]] = []
    var failure: DataError?
    let pixels = BatchPixels.make(images: plan.batchSize, size: size) { pixels in
      do throws(DataError) {
        for slot in 0..<plan.batchSize {
          let (index, original, sample) = try sample(step, slot)
          indices.append(index)
          sizes.append(original)
          let picture = plan.preparation.picture(sample.picture, in: size, interpolation)
          pixels.write(picture, as: plan.preparation.normalization, image: slot)
          let place = plan.preparation.placement(of: sample.picture.size, in: size)
          targets.append(sample.targets(limit: plan.augmentation.boxLimit).map(place.inInput))
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    return ImageBatch(
      indices: indices,
      paths: indices.map { dataset.entries[$0].path },
      originalSizes: sizes,
      size: size,
      pixels: pixels,
      targets: targets
    )
  }

  /// The augmented sample of a place in a batch, its index and its size before.
  private func sample(
    _ step: Int,
    _ slot: Int
  ) throws(DataError) -> (index: Int, size: PixelSize, sample: Sample) {
    let epoch = step / batchesPerEpoch
    let order = order(of: epoch)
    let place = (step % batchesPerEpoch) * plan.batchSize + slot
    let key = Augmentation.Key(seed: plan.seed, step: step, sample: place)
    let (index, first) = try usableSample(order, at: place)
    var sample = first
    if let mixup = plan.augmentation.mixup, epoch < mixup.epochs, order.count > 1 {
      var random = key.random("mixup")
      let share = random.beta(mixup.alpha, mixup.beta)
      let other = place + 1 + random.index(below: order.count - 1)
      sample = Mixup.mix(first, try usableSample(order, at: other).sample, share: share)
    }
    plan.augmentation.apply(to: &sample, key: key)
    return (index, first.picture.size, sample)
  }

  /// The sample at a place of an order; where its image cannot be used and may be skipped, the next one's.
  private func usableSample(
    _ order: [Int],
    at place: Int
  ) throws(DataError) -> (index: Int, sample: Sample) {
    var last: DataProblem?
    for ahead in order.indices {
      let index = usable[order[(place + ahead) % order.count]]
      let entry = dataset.entries[index]
      do throws(PictureError) {
        let picture = try cache.picture(index) { () throws(PictureError) in
          try reading.picture(of: entry)
        }
        guard let problem = ImageReading.sizeProblem(of: entry, picture.size) else {
          return (index, Sample(picture: picture, truths: entry.objects))
        }
        last = problem
      } catch { last = error.problem }
      if let last {
        guard reading.policy == .skip else { throw .problem(last) }
        problems.withLock { $0[index] = last }
      }
    }
    throw .empty(
      path: dataset.entries[usable[0]].path,
      reason: "no image can be used\(last.map { "; the last: \($0)" } ?? "")"
    )
  }

  private func order(of epoch: Int) -> [Int] {
    if let order = lastOrder.withLock({ $0.epoch == epoch ? $0.order : nil }) { return order }
    let order = plan.order(epoch: epoch, count: usable.count)
    lastOrder.withLock { $0 = (epoch, order) }
    return order
  }
}
