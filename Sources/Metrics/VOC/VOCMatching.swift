/// Which detections found which objects by Pascal VOC's rules, worked out once for any mode and any sample of images.
///
/// A detection belongs to the object of its image and class that it overlaps most; it is right when the overlap is above
/// the threshold and no better-scored one took the object, and does not count when the object is difficult.
package struct VOCMatching: Sendable {
  enum Outcome: UInt8, Sendable {
    case wrong, right, excused
  }

  /// What one class has, detections from high to low score; ties by image, then by place in the list.
  struct Class: Sendable {
    var images: [Int32] = []
    var outcomes: [Outcome] = []
    /// The images of the objects that count, one entry each.
    var askedImages: [Int32] = []
  }

  let classes: [Class]
  /// The number of images.
  package let images: Int

  /// Matches detections with truths.
  ///
  /// - Parameters:
  ///   - truths: objects; `image` and `category` lie below the counts.
  ///   - detections: what was found, in any order.
  ///   - images: the number of images.
  ///   - classes: the number of classes.
  ///   - threshold: the overlap that must be exceeded.
  package init(
    truths: [TrueBox],
    detections: [DetectedBox],
    images: Int,
    classes: Int,
    threshold: Double = 0.5
  ) {
    self.images = images
    let sorted = ClassDetections.all(detections, images: images, classes: classes)
    let truths = ClassTruths(truths, images: images, classes: classes)
    let blocks = DetectionBlock.all(sorted)
    let found = concurrentMap(blocks.count) { index in
      let block = blocks[index]
      return Self.outcomes(block, sorted[block.category], truths, threshold)
    }
    var results = sorted.map { ranks in
      Class(
        images: ranks.rankedImages,
        outcomes: [Outcome](repeating: .wrong, count: ranks.ranked.count)
      )
    }
    for (block, outcomes) in zip(blocks, found) {
      let ranks = sorted[block.category]
      let start = block.runs.first.map { ranks.runs[$0].range.lowerBound } ?? 0
      for (index, outcome) in outcomes.enumerated() {
        results[block.category].outcomes[Int(ranks.grouped[start + index])] = outcome
      }
    }
    for truth in truths.boxes where !truth.isDifficult {
      results[truth.category].askedImages.append(Int32(truncatingIfNeeded: truth.image))
    }
    self.classes = results
  }

  private static func outcomes(
    _ block: DetectionBlock,
    _ sorted: ClassDetections,
    _ truths: ClassTruths,
    _ threshold: Double
  ) -> [Outcome] {
    var outcomes: [Outcome] = []
    var taken: [Bool] = []
    block.forEachImage(sorted, truths) { range, places in
      taken.removeAll(keepingCapacity: true)
      for _ in places { taken.append(false) }
      for place in range {
        let box = sorted.box(place)
        var best = -1.0
        var truth = places.lowerBound
        for candidate in places {
          let overlap = VOCRules.overlap(box, truths.boxes[candidate].box)
          if overlap > best { (best, truth) = (overlap, candidate) }
        }
        guard best > threshold else {
          outcomes.append(.wrong)
          continue
        }
        let index = truth - places.lowerBound
        if truths.boxes[truth].isDifficult {
          outcomes.append(.excused)
        } else {
          outcomes.append(taken[index] ? .wrong : .right)
          taken[index] = true
        }
      }
    }
    return outcomes
  }
}
