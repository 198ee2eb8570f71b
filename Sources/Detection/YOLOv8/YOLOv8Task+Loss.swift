import Foundation
import Operators
import Tensors

extension YOLOv8Task {
  static let terms = ["boxes", "classes", "distances"]

  /// A cell of the batch that learns a box.
  private struct Learner {
    /// The cell's place in the batch.
    var row: Int
    /// Its point, and the box, in cells of its map.
    var x: Double
    var y: Double
    var box: Edges
    var category: Int
    /// The class score that is wanted.
    var score: Double
  }

  /// The gains times the terms, over the sum of wanted scores, times the number of images.
  func loss(_ maps: YOLOv8Maps, _ truths: [[LabelledBox]]) throws -> TaskLoss {
    let learners = try learners(maps, truths)
    let sum = max(1, learners.reduce(0) { $0 + $1.score })
    var terms = LossTerms()
    try terms.add("classes", classTerm(maps, learners) * (options.classGain / sum), times: 1)
    if !learners.isEmpty {
      let (boxes, distances) = try boxTerms(maps, learners)
      try terms.add("boxes", boxes * (options.boxGain / sum), times: 1)
      try terms.add("distances", distances * (options.distanceGain / sum), times: 1)
    }
    return try terms.loss(task: Self.name, scale: Double(maps.images), names: Self.terms)
  }

  /// Which cells learn what, as the network is now.
  private func learners(_ maps: YOLOv8Maps, _ truths: [[LabelledBox]]) throws -> [Learner] {
    let steps = try maps.steps()
    let distances = try (maps.distributions.detached().softmax(along: 3) * steps)
      .sum(along: [3]).converted(to: .float32).floats()
    let logits = try maps.logits.detached().converted(to: .float32).floats()
    let points = maps.points()
    let (cells, classes) = (maps.cells, maps.classes)
    var alignment = TaskAlignment(candidates: options.candidates)
    let strides = maps.grid.maps.map(\.stride)
    alignment.leastSide = Double(strides.count > 1 ? strides[1] : strides[0])
    let pixels = points.map { (x: $0.x * $0.stride, y: $0.y * $0.stride) }
    let found = ImagesInParallel(count: truths.count).map { [alignment] image in
      let start = image * cells
      return alignment.matches(
        truths[image],
        TaskAlignment.Predictions(
          points: pixels,
          box: { cell in
            let (place, point) = ((start + cell) * 4, points[cell])
            return Edges(
              left: (point.x - Double(distances[place])) * point.stride,
              top: (point.y - Double(distances[place + 1])) * point.stride,
              right: (point.x + Double(distances[place + 2])) * point.stride,
              bottom: (point.y + Double(distances[place + 3])) * point.stride
            )
          },
          score: { cell, category in
            logistic(Double(logits[(start + cell) * classes + category]))
          }
        )
      )
    }
    return found.enumerated().flatMap { image, matches in
      matches.map { match in
        let (point, truth) = (points[match.cell], truths[image][match.truth])
        return Learner(
          row: image * cells + match.cell,
          x: point.x,
          y: point.y,
          box: truth.box / point.stride,
          category: truth.category,
          score: match.score * truth.weight
        )
      }
    }
  }

  /// The binary cross-entropies of all logits: those with nothing, less each wanted score times its logit.
  private func classTerm(_ maps: YOLOv8Maps, _ learners: [Learner]) throws -> Tensor {
    let nothing = try maps.logits.binaryCrossEntropy(with: Tensor.zeros(like: maps.logits), .sum)
    guard !learners.isEmpty else { return nothing }
    let places = learners.map { Int64($0.row * maps.classes + $0.category) }
    let picked = try rows(maps.logits.reshaped([-1]), places)
    let wanted = try numbers(learners.map(\.score), [learners.count], like: picked)
    return try nothing - (picked * wanted).sum()
  }

  /// What boxes miss of complete overlap, and the cross-entropies of distances; each weighed by the wanted score.
  private func boxTerms(
    _ maps: YOLOv8Maps,
    _ learners: [Learner]
  ) throws -> (boxes: Tensor, distances: Tensor) {
    let sides = try rows(
      maps.distributions.reshaped([-1, 4, maps.bins]),
      learners.map { Int64($0.row) }
    )
    let weights = try numbers(learners.map(\.score), [learners.count], like: sides)
    let expected = try (sides.softmax(along: 2) * maps.steps()).sum(along: [2])
    let points = try numbers(learners.flatMap { [$0.x, $0.y] }, [learners.count, 2], like: sides)
    let predicted = try Tensor.concatenated(
      [
        points - expected.narrowed(along: 1, from: 0, count: 2),
        points + expected.narrowed(along: 1, from: 2, count: 2),
      ],
      along: 1
    )
    let wanted = try numbers(learners.flatMap(\.box.numbers), [learners.count, 4], like: sides)
    let overlap = try Overlap(predicted, wanted).complete()
    let boxes = try ((1 - overlap) * weights).sum()
    return (boxes, try (distanceTerm(sides, learners) * weights).sum())
  }

  /// Distribution focal loss (Li and others 2020), one a cell, the mean of its sides.
  ///
  /// The two bins beside a distance share its cross-entropy.
  private func distanceTerm(_ sides: Tensor, _ learners: [Learner]) throws -> Tensor {
    let bins = sides.shape[2]
    let wanted = learners.flatMap { learner in
      [
        learner.x - learner.box.left, learner.y - learner.box.top,
        learner.box.right - learner.x, learner.box.bottom - learner.y,
      ].map { min(max($0, 0), Double(bins) - 1 - 0.01) }
    }
    let low = wanted.map { Int64($0) }
    let shape = [learners.count, 4, 1]
    let logarithms = try sides.logSoftmax(along: 2)
    let below = try logarithms.gathered(
      along: 2,
      at: Tensor(low, shape: shape).moved(to: sides.device)
    )
    let above = try logarithms.gathered(
      along: 2,
      at: Tensor(low.map { $0 + 1 }, shape: shape).moved(to: sides.device)
    )
    let share = try numbers(zip(wanted, low).map { $0 - Double($1) }, shape, like: sides)
    return try -(below * (1 - share) + above * share).mean(along: [1, 2])
  }
}

/// 1 / (1 + exp(-x)).
func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
