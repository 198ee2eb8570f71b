import Operators
import Tensors

extension DETRTask {
  static let terms = ["classes", "boxes", "overlap"]

  /// A query of the batch that is to say a truth.
  private struct Learner {
    /// The query's place in the batch.
    var row: Int
    var truth: LabelledBox
    var overlap: Double
  }

  /// The gains times the terms, over the number of boxes.
  func loss(_ queries: DETRQueries, _ truths: [[LabelledBox]]) throws -> TaskLoss {
    let learners = queries.matches(truths).enumerated().flatMap { image, matches in
      matches.map {
        Learner(
          row: image * queries.count + $0.query,
          truth: truths[image][$0.truth],
          overlap: $0.overlap
        )
      }
    }
    let count = max(1, truths.joined().reduce(0) { $0 + $1.weight })
    var terms = LossTerms()
    let classes = try classTerm(queries, learners, count: count)
    try terms.add("classes", classes * options.classGain, times: 1)
    if !learners.isEmpty {
      let (distance, overlap) = try boxTerms(queries, learners)
      try terms.add("boxes", distance * (options.boxGain / count), times: 1)
      try terms.add("overlap", overlap * (options.overlapGain / count), times: 1)
    }
    return try terms.loss(task: Self.name, scale: 1, names: Self.terms)
  }

  /// L1 distances, and what is missing of the generalized overlap, each weighed.
  private func boxTerms(
    _ queries: DETRQueries,
    _ learners: [Learner]
  ) throws -> (distance: Tensor, overlap: Tensor) {
    let said = try rows(queries.boxes.reshaped([-1, 4]), learners.map { Int64($0.row) })
    let weights = try numbers(learners.map(\.truth.weight), [learners.count], like: said)
    let wanted = learners.flatMap { learner in
      let box = learner.truth.box
      return [box.x, box.y, box.width, box.height]
    }
    let truths = try numbers(wanted, [learners.count, 4], like: said)
    let distance = try ((said - truths).abs().sum(along: [1]) * weights).sum()
    let overlap = try Overlap(edges(said), edges(truths)).generalized()
    return (distance, try ((1 - overlap) * weights).sum())
  }

  /// Left, top, right and bottom of centre, width and height.
  private func edges(_ boxes: Tensor) throws -> Tensor {
    let center = try boxes.narrowed(along: 1, from: 0, count: 2)
    let half = try boxes.narrowed(along: 1, from: 2, count: 2) * 0.5
    return try Tensor.concatenated([center - half, center + half], along: 1)
  }

  private func classTerm(
    _ queries: DETRQueries,
    _ learners: [Learner],
    count: Double
  ) throws -> Tensor {
    switch options.loss {
    case .softmax: try softmaxTerm(queries, learners)
    case .focal: try sigmoidTerm(queries, learners, focal) / count
    case .varifocal: try sigmoidTerm(queries, learners, varifocal) / count
    }
  }

  /// The cross-entropy of all queries, those that are no object counting less; a mean by weight.
  private func softmaxTerm(_ queries: DETRQueries, _ learners: [Learner]) throws -> Tensor {
    let isFirst = options.background == .first
    let none = isFirst ? 0 : queries.channels - 1
    var wanted = [Int64](repeating: Int64(none), count: queries.images * queries.count)
    var weights = [Double](repeating: options.emptyWeight, count: wanted.count)
    for learner in learners {
      wanted[learner.row] = Int64(learner.truth.category + (isFirst ? 1 : 0))
      weights[learner.row] = learner.truth.weight
    }
    let logits = try queries.logits.reshaped([-1, queries.channels])
    let classes = try Tensor(wanted, shape: [wanted.count]).moved(to: logits.device)
    let losses = try logits.crossEntropy(withClasses: classes, .none)
    let weight = try numbers(weights, [weights.count], like: losses)
    return try (losses * weight).sum() / weights.reduce(0, +)
  }

  /// The sum of a loss of each class by itself; a matched query's counts by its truth's weight.
  private func sigmoidTerm(
    _ queries: DETRQueries,
    _ learners: [Learner],
    _ losses: (_ logits: Tensor, _ objects: Tensor, _ overlaps: Tensor) throws -> Tensor
  ) throws -> Tensor {
    let size = queries.images * queries.count
    var objects = [Double](repeating: 0, count: size * queries.channels)
    var overlaps = objects
    var weights = [Double](repeating: 1, count: size)
    for learner in learners {
      let place = learner.row * queries.channels + learner.truth.category
      objects[place] = 1
      overlaps[place] = learner.overlap
      weights[learner.row] = learner.truth.weight
    }
    let logits = try queries.logits.reshaped([-1, queries.channels])
    let losses = try losses(
      logits,
      numbers(objects, logits.shape, like: logits),
      numbers(overlaps, logits.shape, like: logits)
    )
    return try (losses * numbers(weights, [size, 1], like: logits)).sum()
  }

  /// The focal loss, alpha 0.25 and gamma 2.
  private func focal(_ logits: Tensor, _ objects: Tensor, _ overlaps: Tensor) throws -> Tensor {
    let scores = try logits.sigmoid()
    let missed = try scores + objects - scores * objects * 2
    let share = try objects * -0.5 + 0.75
    return try logits.binaryCrossEntropy(with: objects, .none) * missed.square() * share
  }

  /// The varifocal loss, alpha 0.75 and gamma 2; weights have no gradient.
  private func varifocal(_ logits: Tensor, _ objects: Tensor, _ overlaps: Tensor) throws -> Tensor {
    let scores = try logits.detached().sigmoid()
    let weight = try scores.square() * (1 - objects) * 0.75 + overlaps
    return try logits.binaryCrossEntropy(with: overlaps, weight: weight, .none)
  }
}
