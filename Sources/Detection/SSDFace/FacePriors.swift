import Datasets

/// The boxes that BlazeFace's predictions are relative to, as shares of the input, in order of map, row, column and size.
struct FacePriors: Sendable {
  /// Centre, width and height of a prior.
  struct Prior: Sendable, Hashable {
    var centerX: Float
    var centerY: Float
    var width: Float
    var height: Float
  }

  /// Sides in pixels, by map.
  static let sides: [[Float]] = [[16, 24], [32, 48, 64, 80, 96, 128]]
  /// Pixels of the input that a cell spans, by map.
  static let steps = [8, 16]

  let all: [Prior]

  init(inputSize: PixelSize) {
    var all: [Prior] = []
    let (width, height) = (Float(inputSize.width), Float(inputSize.height))
    for (sides, step) in zip(Self.sides, Self.steps) {
      for row in 0..<inputSize.height / step {
        for column in 0..<inputSize.width / step {
          for side in sides {
            all.append(
              Prior(
                centerX: (Float(column) + 0.5) * Float(step) / width,
                centerY: (Float(row) + 0.5) * Float(step) / height,
                width: side / width,
                height: side / height
              )
            )
          }
        }
      }
    }
    self.all = all
  }

  /// IoU of a prior with a box.
  static func iou(_ prior: Prior, _ box: TargetBox) -> Float {
    let width =
      min(prior.centerX + prior.width / 2, box.centerX + box.width / 2)
      - max(prior.centerX - prior.width / 2, box.centerX - box.width / 2)
    let height =
      min(prior.centerY + prior.height / 2, box.centerY + box.height / 2)
      - max(prior.centerY - prior.height / 2, box.centerY - box.height / 2)
    guard width > 0, height > 0 else { return 0 }
    let meeting = width * height
    return meeting / (prior.width * prior.height + box.width * box.height - meeting)
  }

  /// The box of each prior, nil where it has none.
  ///
  /// Every box first takes the prior that overlaps it most, the best pair of all before the others; each prior left takes
  /// its best box, if they overlap by the threshold.
  func matches(_ boxes: [TargetBox], threshold: Float) -> [Int?] {
    var owner = [Int?](repeating: nil, count: all.count)
    guard !boxes.isEmpty else { return owner }
    var pairs: [(iou: Float, prior: Int, box: Int)] = []
    var best = [(iou: Float, box: Int)](repeating: (0, -1), count: all.count)
    for (place, prior) in all.enumerated() {
      for (box, target) in boxes.enumerated() {
        let iou = Self.iou(prior, target)
        guard iou > 0 else { continue }
        pairs.append((iou, place, box))
        if iou > best[place].iou { best[place] = (iou, box) }
      }
    }
    pairs.sort { ($1.iou, $0.box, $0.prior) < ($0.iou, $1.box, $1.prior) }
    var served = [Bool](repeating: false, count: boxes.count)
    for pair in pairs where !served[pair.box] && owner[pair.prior] == nil {
      served[pair.box] = true
      owner[pair.prior] = pair.box
    }
    for place in owner.indices where owner[place] == nil && best[place].iou >= threshold {
      if best[place].box >= 0 { owner[place] = best[place].box }
    }
    return owner
  }
}
