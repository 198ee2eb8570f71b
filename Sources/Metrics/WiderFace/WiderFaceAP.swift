/// Average precision on WIDER FACE's easy, medium and hard subsets.
///
/// The official protocol (Yang et al., "WIDER FACE", and its evaluation tool): scores are moved to 0...1 over the whole set,
/// precision and recall are taken at 1000 thresholds, and the area under precision's envelope is the figure.
package struct WiderFaceAP: Sendable, Hashable {
  /// By ``WiderFaceSubset``.
  package let values: [Double]
  /// By subset: how many faces are asked for.
  package let faces: [Int]

  private static let thresholds = 1000

  /// Scores a whole set.
  package init(_ images: [WiderFaceImage]) {
    // The official bounds start so: they only grow where scores lie outside of 0...1.
    var (lowest, highest) = (1.0, 0.0)
    for image in images {
      for score in image.scores {
        lowest = min(lowest, score)
        highest = max(highest, score)
      }
    }
    let (low, span) = (lowest, highest - lowest)
    let size = 64
    let sums = concurrentMap((images.count + size - 1) / size) { block in
      var sums = Sums()
      for image in images[block * size..<min(images.count, (block + 1) * size)] {
        sums.add(WiderFaceMatches(image, lowest: low, span: span))
      }
      return sums
    }
    var total = Sums()
    for sum in sums { total.add(sum) }
    let faces = WiderFaceSubset.allCases.map { subset in
      images.reduce(0) { $0 + $1.asked[subset.rawValue].count }
    }
    self.faces = faces
    values = WiderFaceSubset.allCases.map {
      Self.average(total.proposals[$0.rawValue], total.recalled[$0.rawValue], faces[$0.rawValue])
    }
  }

  /// Proposals and faces found by subset and threshold, over images.
  private struct Sums: Sendable {
    var proposals = [[Int]](repeating: [Int](repeating: 0, count: thresholds), count: 3)
    var recalled = [[Int]](repeating: [Int](repeating: 0, count: thresholds), count: 3)

    mutating func add(_ image: WiderFaceMatches) {
      var count = 0
      for step in 0..<thresholds {
        let threshold = 1 - Double(step + 1) / Double(thresholds)
        while count < image.scores.count, image.scores[count] >= threshold { count += 1 }
        guard count > 0 else { continue }
        for subset in 0..<3 {
          proposals[subset][step] += Int(image.proposals[subset][count - 1])
          recalled[subset][step] += Int(image.recalled[subset][count - 1])
        }
      }
    }

    mutating func add(_ other: Sums) {
      for subset in 0..<3 {
        for step in 0..<thresholds {
          proposals[subset][step] += other.proposals[subset][step]
          recalled[subset][step] += other.recalled[subset][step]
        }
      }
    }
  }

  /// The area under the envelope of precision over recall; 0 where no face is asked for.
  private static func average(_ proposals: [Int], _ recalled: [Int], _ faces: Int) -> Double {
    guard faces > 0 else { return 0 }
    // A threshold that nothing reaches has no precision; there recall is 0 too, and it adds nothing.
    var envelope = zip(recalled, proposals).map { $1 == 0 ? 0 : Double($0) / Double($1) }
    for index in envelope.indices.dropFirst().reversed() {
      envelope[index - 1] = max(envelope[index - 1], envelope[index])
    }
    var (sum, last) = (0.0, 0.0)
    for (index, found) in recalled.enumerated() {
      let recall = Double(found) / Double(faces)
      sum += (recall - last) * envelope[index]
      last = recall
    }
    return sum
  }
}
