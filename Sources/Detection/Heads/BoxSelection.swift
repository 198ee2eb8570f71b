/// Which of a head's boxes are kept.
package struct BoxSelection: Sendable, Hashable {
  /// What a score must exceed.
  package var confidence: Float
  /// A box goes when its IoU with a better one is above this; nil for networks that suppress by themselves.
  package var overlap: Float?
  /// How many boxes of an image are kept, by score.
  package var kept: Int
  /// Whether a box goes for a better one of any class.
  package var isAgnostic: Bool
  /// Whether a box counts in every class whose score is high enough, or in its best one alone.
  package var isMultiLabel: Bool

  /// Ultralytics' values for validation, which figures of today's detectors are made with.
  package init(
    confidence: Float = 0.001,
    overlap: Float? = 0.7,
    kept: Int = 300,
    isAgnostic: Bool = false,
    isMultiLabel: Bool = true
  ) {
    self.confidence = confidence
    self.overlap = overlap
    self.kept = kept
    self.isAgnostic = isAgnostic
    self.isMultiLabel = isMultiLabel
  }

  /// How many boxes of a class take part in suppression, by score.
  private static let candidates = 30_000

  /// The boxes that are kept, best score first.
  ///
  /// - Parameters:
  ///   - rows: an image's boxes.
  ///   - classes: for each class of the network its place among the data's; nil for one that the data lack. Nil keeps all as they are.
  /// - Returns: places of boxes with class and score.
  package func survivors(of rows: HeadRows, classes: [Int?]?) -> [Suppression.Survivor] {
    var keys: [[UInt64]] = []
    /// The class of each box that suppression sees as one of all.
    var labels: [Int: Int] = [:]
    func add(_ box: Int, _ label: Int, _ score: Float) {
      guard score > confidence, rows.boxes[box].isFinite else { return }
      let place: Int
      if let classes {
        guard classes.indices.contains(label), let known = classes[label] else { return }
        place = known
      } else {
        place = label
      }
      guard place >= 0 else { return }
      let list = isAgnostic ? 0 : place
      while keys.count <= list { keys.append([]) }
      keys[list].append(Suppression.key(score: score, box: box))
      if isAgnostic { labels[box] = place }
    }
    switch rows.scores {
    case .labels(let labels, let scores):
      for box in rows.boxes.indices { add(box, labels[box], scores[box]) }
    case .table(let values, let count, let boxStep, let classStep):
      // Where a box may be of one class, it is of its best.
      if isMultiLabel && !isAgnostic && count > 1 {
        for label in 0..<count {
          for box in rows.boxes.indices {
            let score = values[box * boxStep + label * classStep]
            if score > confidence { add(box, label, score) }
          }
        }
      } else {
        for box in rows.boxes.indices {
          var best = 0
          for label in 1..<max(1, count)
          where values[box * boxStep + label * classStep]
            > values[box * boxStep + best * classStep]
          {
            best = label
          }
          add(box, best, values[box * boxStep + best * classStep])
        }
      }
    }
    let suppression = Suppression(
      overlap: overlap ?? .infinity,
      candidates: Self.candidates,
      kept: kept,
      addsOne: false
    )
    let found = suppression.survivors(of: rows.boxes, keys: keys)
    guard isAgnostic else { return found }
    return found.map { survivor in
      var survivor = survivor
      survivor.category = labels[survivor.box] ?? 0
      return survivor
    }
  }
}
