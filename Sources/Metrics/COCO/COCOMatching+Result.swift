extension COCOMatching {
  /// The figures over all images, or over a sample of them.
  ///
  /// - Parameter sample: images, each counted as often as it is named; equal scores in different images are ranked by the image's place.
  /// - Returns: the twelve figures, and each class's.
  package func result(sample: [Int]? = nil) -> COCOResult {
    let weights = sample.map { ImageWeights($0, images: images) }
    let parts = concurrentMap(classes.count * COCORules.areaCount) { index in
      COCOCurve(classes[index / COCORules.areaCount], area: index % COCORules.areaCount, weights)
    }
    let perClass = classes.indices.map { category in
      COCOFigures(Array(parts[category * 4..<category * 4 + 4]))
    }
    return COCOResult(perClass)
  }
}

/// How often each image of a sample counts.
struct ImageWeights: Sendable {
  let counts: [Int32]

  init(_ sample: [Int], images: Int) {
    var counts = [Int32](repeating: 0, count: images)
    for image in sample { counts[image] += 1 }
    self.counts = counts
  }

  subscript(image: Int32) -> Int { Int(counts[Int(image)]) }
}

/// Precision and recall of one class and range of areas at every threshold.
struct COCOCurve: Sendable {
  /// The number of objects asked for.
  private(set) var asked = 0
  /// By threshold: the mean of the precision at 101 recall points.
  private(set) var precision = [Double](repeating: 0, count: 10)
  /// By limit of detections and threshold: the share of objects found.
  private(set) var recall = [[Double]](repeating: [Double](repeating: 0, count: 10), count: 3)

  init(_ matches: COCOMatching.Class, area: Int, _ weights: ImageWeights?) {
    for (index, bits) in matches.truthIgnored.enumerated() where bits >> area & 1 == 0 {
      asked += weights?[matches.truthImages[index]] ?? 1
    }
    guard asked > 0 else { return }
    var steps = [Steps](repeating: Steps(), count: 10)
    var found = [[Int]](repeating: [Int](repeating: 0, count: 10), count: 3)
    // Detections that are wrong at every threshold, most of all, are counted together.
    var wrong = 0
    for index in matches.images.indices {
      let hits = matches.matched[index][area]
      let excused = matches.ignored[index][area]
      let weight = weights?[matches.images[index]] ?? 1
      guard weight > 0 else { continue }
      guard hits | excused != 0 else {
        wrong += weight
        continue
      }
      let rank = Int(matches.ranks[index])
      for threshold in 0..<10 where excused >> threshold & 1 == 0 {
        guard hits >> threshold & 1 == 1 else {
          steps[threshold].wrong += weight
          continue
        }
        steps[threshold].add(weight, wrong: wrong)
        for (limit, most) in COCORules.limits.enumerated() where rank < most {
          found[limit][threshold] += weight
        }
      }
    }
    for threshold in 0..<10 {
      precision[threshold] = steps[threshold].meanPrecision(asked: asked)
      for limit in 0..<3 {
        recall[limit][threshold] = Double(found[limit][threshold]) / Double(asked)
      }
    }
  }

  /// The points at which one more object is found: only there does precision matter.
  private struct Steps {
    var right = 0
    var wrong = 0
    private var rights: [Int] = []
    private var precisions: [Double] = []

    mutating func add(_ weight: Int, wrong others: Int) {
      right += weight
      rights.append(right)
      // The reference guards against 0 / 0 by the least step above 1.
      precisions.append(Double(right) / (Double(wrong + others) + Double(right) + Double.ulpOfOne))
    }

    mutating func meanPrecision(asked: Int) -> Double {
      for index in precisions.indices.dropFirst().reversed()
      where precisions[index] > precisions[index - 1] {
        precisions[index - 1] = precisions[index]
      }
      var sum = 0.0
      var index = 0
      for point in COCORules.recallPoints {
        while index < rights.count, Double(rights[index]) / Double(asked) < point { index += 1 }
        guard index < rights.count else { break }
        sum += precisions[index]
      }
      return sum / Double(COCORules.recallPoints.count)
    }
  }
}
