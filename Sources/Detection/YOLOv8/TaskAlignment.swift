import Foundation

/// Which cells learn which boxes: those whose class score and overlap are high together (TOOD, Feng and others 2021).
struct TaskAlignment: Sendable, Hashable {
  /// How many cells a box takes at most.
  var candidates = 10
  /// The power of the score.
  var alpha = 0.5
  /// The power of the overlap.
  var beta = 6.0
  /// What a box's sides count for at least when cells inside are sought.
  var leastSide = 16.0

  private static let least = 1e-9

  /// What a network says of an image's cells.
  struct Predictions: Sendable {
    /// The cells' points, in pixels.
    var points: [(x: Double, y: Double)]
    /// The cells' boxes, in pixels.
    var box: @Sendable (_ cell: Int) -> Edges
    /// The probability of a class.
    var score: @Sendable (_ cell: Int, _ category: Int) -> Double
  }

  /// A cell that learns a box.
  struct Match: Sendable, Hashable {
    var cell: Int
    /// The box's place among the image's.
    var truth: Int
    /// The class score that is wanted, from 0 to 1.
    var score: Double
  }

  /// A cell inside a box.
  private struct Pair {
    var cell: Int
    var truth: Int
    var overlap: Double
    var alignment: Double
  }

  /// The cells that learn, in order.
  func matches(_ truths: [LabelledBox], _ predictions: Predictions) -> [Match] {
    /// The box that overlaps a cell most, of all that it lies in.
    var best: [Int: Pair] = [:]
    var chosen: [Int: [Pair]] = [:]
    for (truth, label) in truths.enumerated() {
      let inside = pairs(truth, label, predictions)
      for pair in inside where pair.overlap > best[pair.cell]?.overlap ?? -1 {
        best[pair.cell] = pair
      }
      let ranked = inside.filter { $0.alignment > 0 }
        .sorted { ($1.alignment, $0.cell) < ($0.alignment, $1.cell) }
      for pair in ranked.prefix(candidates) { chosen[pair.cell, default: []].append(pair) }
    }
    let kept = chosen.keys.sorted().compactMap { cell -> Pair? in
      let pairs = chosen[cell] ?? []
      return pairs.count > 1 ? best[cell] : pairs.first
    }
    return scored(kept, count: truths.count)
  }

  /// The cells inside a box.
  private func pairs(
    _ truth: Int,
    _ label: LabelledBox,
    _ predictions: Predictions
  ) -> [Pair] {
    let region = label.box.widened(to: leastSide)
    var found: [Pair] = []
    for (cell, point) in predictions.points.enumerated()
    where region.contains(x: point.x, y: point.y) {
      let overlap = max(0, label.box.completeIoU(predictions.box(cell)))
      let score = predictions.score(cell, label.category)
      let alignment = pow(score, alpha) * pow(overlap, beta)
      found.append(Pair(cell: cell, truth: truth, overlap: overlap, alignment: alignment))
    }
    return found
  }

  /// Scores in the proportion of alignments, a box's best being its best overlap.
  private func scored(_ pairs: [Pair], count: Int) -> [Match] {
    var alignments = [Double](repeating: 0, count: count)
    var overlaps = alignments
    for pair in pairs {
      alignments[pair.truth] = max(alignments[pair.truth], pair.alignment)
      overlaps[pair.truth] = max(overlaps[pair.truth], pair.overlap)
    }
    return pairs.map { pair in
      let scale = overlaps[pair.truth] / (alignments[pair.truth] + Self.least)
      return Match(cell: pair.cell, truth: pair.truth, score: pair.alignment * scale)
    }
  }
}
