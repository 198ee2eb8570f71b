import Datasets
import Glibc

/// The boxes that a single-shot detector's numbers are relative to, in shares of the input.
struct PriorBoxes: Sendable, Hashable {
  /// Centre and sides of a prior.
  struct Prior: Sendable, Hashable {
    var centerX: Float
    var centerY: Float
    var width: Float
    var height: Float

    /// The same within the input, as detectors that clip their priors have it.
    var clamped: Prior {
      func within(_ value: Float) -> Float { min(max(value, 0), 1) }
      return Prior(
        centerX: within(centerX),
        centerY: within(centerY),
        width: within(width),
        height: within(height)
      )
    }
  }

  let all: [Prior]

  /// Squares of some sides in pixels for each cell of maps, as detectors of faces have them.
  init(_ input: PixelSize, strides: [Int], sides: [[Float]], clamps: Bool = false) {
    var all: [Prior] = []
    let (width, height) = (Float(input.width), Float(input.height))
    for (step, sides) in zip(strides, sides) {
      GridCells(input, strides: [step]).forEach { _, column, row, stride in
        for side in sides {
          let prior = Prior(
            centerX: (Float(column) + 0.5) * stride / width,
            centerY: (Float(row) + 0.5) * stride / height,
            width: side / width,
            height: side / height
          )
          all.append(clamps ? prior.clamped : prior)
        }
      }
    }
    self.all = all
  }

  /// The box that four numbers stand for beside a prior, by variances of 0.1 and 0.2, in pixels of the input.
  static func decoded(
    _ code: (Float, Float, Float, Float),
    _ prior: Prior,
    in input: PixelSize
  ) -> Suppression.Corners {
    let (width, height) = (Float(input.width), Float(input.height))
    return Suppression.Corners(
      centerX: (prior.centerX + 0.1 * code.0 * prior.width) * width,
      centerY: (prior.centerY + 0.1 * code.1 * prior.height) * height,
      width: exp(0.2 * code.2) * prior.width * width,
      height: exp(0.2 * code.3) * prior.height * height
    )
  }
}

extension PriorBoxes {
  /// A map of a design: cells along a side, pixels of a cell, the least and the greatest side of its squares, other ratios.
  struct Map: Sendable, Hashable {
    let cells: Int
    let step: Float
    let least: Float
    let greatest: Float
    let ratios: [Float]

    init(_ cells: Int, _ step: Float, _ least: Float, _ greatest: Float, _ ratios: [Float]) {
      self.cells = cells
      self.step = step
      self.least = least
      self.greatest = greatest
      self.ratios = ratios
    }

    /// How many priors it has.
    var count: Int { cells * cells * (2 + 2 * ratios.count) }
  }

  /// SSD300 on VGG-16 (Liu and others 2016).
  private static let ssd300: [Map] = [
    Map(38, 8, 30, 60, [2]), Map(19, 16, 60, 111, [2, 3]), Map(10, 32, 111, 162, [2, 3]),
    Map(5, 64, 162, 213, [2, 3]), Map(3, 100, 213, 264, [2]), Map(1, 300, 264, 315, [2]),
  ]
  /// SSD on MobileNet at 300 pixels.
  private static let mobileNet: [Map] = [
    Map(19, 16, 60, 105, [2, 3]), Map(10, 32, 105, 150, [2, 3]), Map(5, 64, 150, 195, [2, 3]),
    Map(3, 100, 195, 240, [2, 3]), Map(2, 150, 240, 285, [2, 3]), Map(1, 300, 285, 330, [2, 3]),
  ]

  /// The priors of the known design at 300 pixels that has so many; nil where none has.
  static func known(_ count: Int, _ input: PixelSize) -> PriorBoxes? {
    guard input == PixelSize(width: 300, height: 300) else { return nil }
    return [ssd300, mobileNet].first { $0.reduce(0) { $0 + $1.count } == count }
      .map { PriorBoxes($0, side: 300) }
  }

  private init(_ maps: [Map], side: Float) {
    var all: [Prior] = []
    for map in maps {
      let sides = map.sides
      for row in 0..<map.cells {
        for column in 0..<map.cells {
          for (width, height) in sides {
            let prior = Prior(
              centerX: (Float(column) + 0.5) * map.step / side,
              centerY: (Float(row) + 0.5) * map.step / side,
              width: width / side,
              height: height / side
            )
            all.append(prior.clamped)
          }
        }
      }
    }
    self.all = all
  }
}

extension PriorBoxes.Map {
  /// A cell's boxes: the small square, the one between, then each ratio lying and standing.
  fileprivate var sides: [(Float, Float)] {
    let between = (least * greatest).squareRoot()
    return [(least, least), (between, between)]
      + ratios.flatMap { ratio in
        let root = ratio.squareRoot()
        return [(least * root, least / root), (least / root, least * root)]
      }
  }
}
