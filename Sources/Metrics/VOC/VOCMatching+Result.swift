extension VOCMatching {
  /// The figures over all images, or over a sample of them.
  ///
  /// - Parameters:
  ///   - mode: how precision and recall become one figure.
  ///   - sample: images, each counted as often as it is named; equal scores in different images are ranked by the image's place.
  /// - Returns: the mean and each class's figure.
  package func result(_ mode: VOCMode, sample: [Int]? = nil) -> VOCResult {
    let weights = sample.map { ImageWeights($0, images: images) }
    return VOCResult(
      mode: mode,
      perClass: concurrentMap(classes.count) { Self.average(classes[$0], mode, weights) }
    )
  }

  private static func average(
    _ matches: Class,
    _ mode: VOCMode,
    _ weights: ImageWeights?
  ) -> VOCResult.Class {
    var asked = 0
    for image in matches.askedImages { asked += weights?[image] ?? 1 }
    var result = VOCResult.Class(asked: asked, ap: nil)
    guard asked > 0 else { return result }
    // Precision and recall where one more object is found; elsewhere recall stands and precision falls.
    var points: [VOCPoint] = []
    var (right, wrong) = (0, 0)
    for (index, outcome) in matches.outcomes.enumerated() {
      let weight = weights?[matches.images[index]] ?? 1
      switch outcome {
      case .excused: break
      case .wrong: wrong += weight
      case .right:
        for _ in 0..<weight {
          right += 1
          points.append(
            VOCPoint(
              precision: Double(right) / Double(right + wrong),
              recall: Double(right) / Double(asked)
            )
          )
        }
      }
    }
    result.right = right
    result.wrong = wrong
    result.ap = mode.average(points)
    return result
  }
}

/// Precision and recall down to one detection.
struct VOCPoint: Sendable {
  var precision: Double
  var recall: Double
}

extension VOCMode {
  /// The average precision over points of rising recall.
  func average(_ points: [VOCPoint]) -> Double {
    switch self {
    case .elevenPoint: Self.elevenPoint(Self.envelope(points))
    case .integral: Self.integral(points)
    case .everyPoint: Self.everyPoint(Self.envelope(points))
    }
  }

  /// The best precision at each point's recall or above.
  private static func envelope(_ points: [VOCPoint]) -> [VOCPoint] {
    var points = points
    for index in points.indices.dropFirst().reversed() {
      points[index - 1].precision = max(points[index - 1].precision, points[index].precision)
    }
    return points
  }

  private static func elevenPoint(_ points: [VOCPoint]) -> Double {
    var sum = 0.0
    for step in 0...10 {
      sum += points.first { $0.recall >= Double(step) / 10 }?.precision ?? 0
    }
    return sum / 11
  }

  private static func integral(_ points: [VOCPoint]) -> Double {
    var (sum, last) = (0.0, 0.0)
    // Gains of recall this small wait for the next point, as in PaddleDetection 0.2.
    for point in points where (point.recall - last).magnitude > 1e-6 {
      sum += point.precision * (point.recall - last)
      last = point.recall
    }
    return sum
  }

  private static func everyPoint(_ points: [VOCPoint]) -> Double {
    var (sum, last) = (0.0, 0.0)
    for point in points {
      sum += point.precision * (point.recall - last)
      last = point.recall
    }
    return sum
  }
}
