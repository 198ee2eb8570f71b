/// One image's detections, best first, counted by WIDER FACE's protocol.
struct WiderFaceMatches: Sendable {
  /// Scores moved to 0...1 over the whole set, from high to low.
  let scores: [Double]
  /// By subset: how many detections count down to each.
  private(set) var proposals: [[Int32]] = []
  /// By subset: how many faces are found down to each.
  private(set) var recalled: [[Int32]] = []

  /// Matches one image; without faces or without detections nothing of it counts.
  init(_ image: WiderFaceImage, lowest: Double, span: Double) {
    guard !image.faces.isEmpty, !image.found.isEmpty else {
      scores = []
      proposals = [[], [], []]
      recalled = [[], [], []]
      return
    }
    let order = image.found.indices.sorted {
      image.scores[$0] > image.scores[$1] || (image.scores[$0] == image.scores[$1] && $0 < $1)
    }
    scores = order.map { span > 0 ? (image.scores[$0] - lowest) / span : 1 }
    let best = order.map { Self.bestFace(image.found[$0], image.faces) }
    for subset in WiderFaceSubset.allCases {
      count(best, asked: image.asked[subset.rawValue], faces: image.faces.count)
    }
  }

  /// The face that a box overlaps most, the first of equals, where that is half or more.
  private static func bestFace(_ box: Box, _ faces: [Box]) -> Int? {
    var best = -1.0
    var place = 0
    for (index, face) in faces.enumerated() {
      let value = overlap(box, face)
      if value > best { (best, place) = (value, index) }
    }
    return best >= 0.5 ? place : nil
  }

  /// Intersection over union of boxes whose edges are pixels that belong to them, as the official tool has it.
  private static func overlap(_ a: Box, _ b: Box) -> Double {
    let width = min(a.right, b.right) - max(a.x, b.x) + 1
    let height = min(a.bottom, b.bottom) - max(a.y, b.y) + 1
    guard width > 0, height > 0 else { return 0 }
    let shared = width * height
    let areaA = (a.right - a.x + 1) * (a.bottom - a.y + 1)
    let areaB = (b.right - b.x + 1) * (b.bottom - b.y + 1)
    return shared / (areaA + areaB - shared)
  }

  private mutating func count(_ best: [Int?], asked: [Int], faces: Int) {
    var isAsked = [Bool](repeating: false, count: faces)
    for face in asked { isAsked[face] = true }
    var isFound = [Bool](repeating: false, count: faces)
    var (proposed, found) = (Int32(0), Int32(0))
    var (proposals, recalled): ([Int32], [Int32]) = ([], [])
    for face in best {
      // A detection on a face that the subset ignores does not count; a second one on a face does.
      if let face, !isAsked[face] {
        proposals.append(proposed)
        recalled.append(found)
        continue
      }
      proposed += 1
      if let face, !isFound[face] {
        isFound[face] = true
        found += 1
      }
      proposals.append(proposed)
      recalled.append(found)
    }
    self.proposals.append(proposals)
    self.recalled.append(recalled)
  }
}
