import Datasets

/// The boxes that BlazeFace's predictions are relative to, as shares of the input, in order of map, row, column and size.
struct FacePriors: Sendable {
  /// Centre, width and height of a prior.
  struct Prior: Sendable, Hashable {
    var centerX: Double
    var centerY: Double
    var width: Double
    var height: Double
  }

  /// Sides in pixels, by map.
  static let sides: [[Double]] = [[16, 24], [32, 48, 64, 80, 96, 128]]
  /// Pixels of the input that a cell spans, by map.
  static let steps = [8, 16]

  /// Cells along a side of the input; the last may reach beyond it.
  static func cells(_ side: Int, _ step: Int) -> Int { (side + step - 1) / step }

  let all: [Prior]

  init(inputSize: PixelSize) {
    var all: [Prior] = []
    let (width, height) = (Double(inputSize.width), Double(inputSize.height))
    for (sides, step) in zip(Self.sides, Self.steps) {
      for row in 0..<Self.cells(inputSize.height, step) {
        for column in 0..<Self.cells(inputSize.width, step) {
          for side in sides {
            all.append(
              Prior(
                centerX: (Double(column) + 0.5) * Double(step) / width,
                centerY: (Double(row) + 0.5) * Double(step) / height,
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

  /// IoU of two boxes.
  static func iou(_ a: Prior, _ b: Prior) -> Double {
    let width =
      min(a.centerX + a.width / 2, b.centerX + b.width / 2)
      - max(a.centerX - a.width / 2, b.centerX - b.width / 2)
    let height =
      min(a.centerY + a.height / 2, b.centerY + b.height / 2)
      - max(a.centerY - a.height / 2, b.centerY - b.height / 2)
    guard width > 0, height > 0 else { return 0 }
    let meeting = width * height
    return meeting / (a.width * a.height + b.width * b.height - meeting)
  }

  /// The box of each prior, nil where it has none.
  ///
  /// Every box first takes the prior that overlaps it most, the best pair of all before the others; each prior left takes
  /// its best box, if they overlap by the threshold. Of equal pairs the first prior's goes first, then the first box's.
  func matches(_ boxes: [TargetBox], threshold: Double) -> [Int?] {
    var owner = [Int?](repeating: nil, count: all.count)
    guard !boxes.isEmpty else { return owner }
    var pairs: [(iou: Double, prior: Int, box: Int)] = []
    var best = [(iou: Double, box: Int)](repeating: (0, -1), count: all.count)
    let targets = boxes.map {
      Prior(
        centerX: Double($0.centerX),
        centerY: Double($0.centerY),
        width: Double($0.width),
        height: Double($0.height)
      )
    }
    for (place, prior) in all.enumerated() {
      for (box, target) in targets.enumerated() {
        let iou = Self.iou(prior, target)
        guard iou > 0 else { continue }
        pairs.append((iou, place, box))
        if iou > best[place].iou { best[place] = (iou, box) }
      }
    }
    pairs.sort { ($1.iou, $0.prior, $0.box) < ($0.iou, $1.prior, $1.box) }
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
