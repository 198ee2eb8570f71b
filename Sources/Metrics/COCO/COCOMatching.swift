/// Which detections found which objects by COCO's rules, worked out once; figures for any sample of images come from it.
///
/// Equal to pycocotools' `COCOeval` for boxes with its default parameters.
package struct COCOMatching: Sendable {
  /// What one class has, detections from high to low score; ties by image, then by place in the list.
  struct Class: Sendable {
    var images: [Int32] = []
    /// Each detection's place among its image's, from 0, best first.
    var ranks: [UInt8] = []
    /// One mask a range of areas, one bit a threshold: the detection found an object.
    var matched: [SIMD4<UInt16>] = []
    /// The same shape: the detection does not count.
    var ignored: [SIMD4<UInt16>] = []
    var truthImages: [Int32] = []
    /// One bit a range of areas: the object is not asked for.
    var truthIgnored: [UInt8] = []
  }

  let classes: [Class]
  /// The number of images.
  package let images: Int

  /// Matches detections with truths.
  ///
  /// - Parameters:
  ///   - truths: objects; `image` and `category` lie below the counts.
  ///   - detections: what was found, in any order; of an image and class the best 100 count.
  ///   - images: the number of images.
  ///   - classes: the number of classes.
  package init(truths: [TrueBox], detections: [DetectedBox], images: Int, classes: Int) {
    self.images = images
    let sorted = ClassDetections.all(detections, images: images, classes: classes)
    let truths = ClassTruths(truths, images: images, classes: classes)
    let blocks = DetectionBlock.all(sorted)
    let found = concurrentMap(blocks.count) { index in
      let block = blocks[index]
      return COCOBlockMatches(block, sorted[block.category], truths)
    }
    var blocksOf = [[Int]](repeating: [], count: classes)
    for (index, block) in blocks.enumerated() { blocksOf[block.category].append(index) }
    let owned = blocksOf
    self.classes = concurrentMap(classes) { category in
      Class(sorted[category], owned[category].map { found[$0] }, truths, category)
    }
  }
}

extension COCOMatching.Class {
  fileprivate init(
    _ sorted: ClassDetections,
    _ blocks: [COCOBlockMatches],
    _ truths: ClassTruths,
    _ category: Int
  ) {
    let count = sorted.ranked.count
    // What is beyond an image's limit stays at 255 and is left out.
    var rankOf = [UInt8](repeating: .max, count: count)
    var matchedOf = [SIMD4<UInt16>](repeating: .zero, count: count)
    var ignoredOf = matchedOf
    for block in blocks {
      for index in block.ranks.indices {
        let place = Int(sorted.grouped[block.start + index])
        rankOf[place] = block.ranks[index]
        matchedOf[place] = block.matched[index]
        ignoredOf[place] = block.ignored[index]
      }
    }
    for place in 0..<count where rankOf[place] != .max {
      images.append(sorted.images[Int(sorted.ranked[place])])
      ranks.append(rankOf[place])
      matched.append(matchedOf[place])
      ignored.append(ignoredOf[place])
    }
    for truth in truths.boxes[truths.range(of: category)] {
      truthImages.append(Int32(truncatingIfNeeded: truth.image))
      truthIgnored.append(truth.isExcused ? 0b1111 : COCORules.outside(truth.area))
    }
  }
}
