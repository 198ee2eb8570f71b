/// Box voting: boxes that overlap become one, their mean weighed by scores; what only one look has found goes.
package struct BoxVoting: Sendable, Hashable {
  /// The least IoU of a box with the best of its cluster, widths and heights counted one more.
  package var overlap = 0.3
  package var kept = 750
  package var leastScore = 0.01

  package init() {}

  /// A box with its score.
  package struct Vote: Sendable, Hashable {
    /// Left, top, right, bottom.
    package var edges: [Double]
    package var score: Double

    package init(edges: [Double], score: Double) {
      self.edges = edges
      self.score = score
    }
  }

  /// The boxes of an image, best first.
  ///
  /// A cluster of one box is dropped, unless it is the very last box that is left. Of equal scores the earlier box goes first.
  package func boxes(of votes: [Vote]) -> [Vote] {
    var left = votes.enumerated().sorted { a, b in
      a.element.score != b.element.score
        ? a.element.score > b.element.score : a.offset < b.offset
    }.map(\.element)
    var made: [Vote] = []
    while let best = left.first {
      var cluster: [Vote] = []
      var others: [Vote] = []
      for vote in left {
        if Self.iou(best.edges, vote.edges) >= overlap {
          cluster.append(vote)
        } else {
          others.append(vote)
        }
      }
      // A box that does not even meet itself, since its sides are below zero, goes.
      if cluster.isEmpty { others.removeFirst() }
      left = others
      guard cluster.count > 1 || (left.isEmpty && cluster.count == 1) else { continue }
      made.append(Self.mean(cluster))
    }
    return Array(made.prefix(kept)).filter { $0.score >= leastScore }
  }

  private static func mean(_ cluster: [Vote]) -> Vote {
    guard cluster.count > 1 else { return cluster[0] }
    let total = cluster.reduce(0) { $0 + $1.score }
    let edges = (0..<4).map { edge in
      cluster.reduce(0) { $0 + $1.edges[edge] * $1.score } / total
    }
    return Vote(edges: edges, score: cluster[0].score)
  }

  /// Intersection over union of boxes whose edges are pixels that belong to them.
  private static func iou(_ a: [Double], _ b: [Double]) -> Double {
    let width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    let height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    guard width > 0, height > 0 else { return 0 }
    func area(_ box: [Double]) -> Double { (box[2] - box[0] + 1) * (box[3] - box[1] + 1) }
    let meeting = width * height
    return meeting / (area(a) + area(b) - meeting)
  }
}
