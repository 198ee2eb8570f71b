package import Datasets

/// At which scales the multi-scale protocol of WIDER FACE looks at an image, and what it keeps of each look.
///
/// The protocol of PyramidBox (Tang and others 2018), as PaddleDetection 0.2 evaluates BlazeFace.
package struct ScaleRuns: Sendable, Hashable {
  /// One look at an image.
  package struct Run: Sendable, Hashable {
    /// The sides of the network's input in those of the image.
    package var scale: Double
    package var isMirrored: Bool
    package var kept: Kept

    package init(_ scale: Double, isMirrored: Bool = false, _ kept: Kept = .all) {
      self.scale = scale
      self.isMirrored = isMirrored
      self.kept = kept
    }
  }

  /// Boxes of a look that count, by their sides in pixels of the image, edges included.
  package enum Kept: Sendable, Hashable {
    case all
    /// The longer side is above 30.
    case large
    /// The shorter side is below 100.
    case small

    func has(_ edges: [Double]) -> Bool {
      let (width, height) = (edges[2] - edges[0] + 1, edges[3] - edges[1] + 1)
      return switch self {
      case .all: true
      case .large: max(width, height) > 30
      case .small: min(width, height) < 100
      }
    }
  }

  /// The greatest scale that is looked at, which keeps the memory of a look within bounds.
  package let limit: Double
  /// The looks, in order.
  package let all: [Run]

  /// The looks at an image of a size.
  package init(_ size: PixelSize) {
    let limit = Self.limit(size)
    self.limit = limit
    let shrunk = min(limit, 1)
    var runs = [Run(shrunk), Run(shrunk, isMirrored: true)]
    let small = limit >= 0.75 ? 0.5 : 0.5 * limit
    runs.append(Run(small, .large))
    let enlarged = limit > 1 ? min(2, limit) : (small + limit) / 2
    runs.append(Run(enlarged, enlarged > 1 ? .small : .large))
    if limit > 2 {
      var scale = 2 * enlarged
      while scale < limit {
        runs.append(Run(scale, .small))
        scale *= 2
      }
      runs.append(Run(limit, .small))
    }
    runs.append(Run(0.25, .large))
    for scale in [0.75, 1.25, 1.5, 1.75] where scale <= limit {
      runs.append(Run(scale, scale > 1 ? .small : .large))
    }
    all = runs
  }

  /// By the memory that the network's first layers and a detector's 2.8 million pixels may take; rounded down, with a margin.
  private static func limit(_ size: PixelSize) -> Double {
    let pixels = Double(size.width) * Double(size.height)
    let most = min(
      (Double(0x7fff_ffff) / 577 / pixels).squareRoot(),
      (678 * 1024 * 4 / pixels).squareRoot()
    )
    let limit = downToHundredths(most) - 0.3
    let margin: Double =
      switch limit {
      case 1.5..<2: 0.1
      case 2..<3: 0.2
      case 3..<4: 0.3
      case 4..<5: 0.4
      case 5...: 0.5
      default: 0
      }
    return max(0.1, limit - margin)
  }

  /// A number without what follows its second decimal.
  private static func downToHundredths(_ value: Double) -> Double {
    let floor = (value * 100).rounded(.down)
    // The product may be rounded across a whole number.
    return (floor + 1) / 100 <= value ? (floor + 1) / 100 : floor / 100
  }
}
