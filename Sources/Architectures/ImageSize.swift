import Graphs

/// Height and width of a network's input, in pixels.
public struct ImageSize: Sendable, Hashable {
  /// Pixels from top to bottom.
  public var height: Int
  /// Pixels from left to right.
  public var width: Int

  /// A size by its sides.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// A square.
  public init(_ side: Int) { self.init(height: side, width: side) }

  /// The nearest size whose sides are multiples of `step`, and at least one step.
  func nearestMultiple(of step: Int) -> ImageSize {
    func round(_ side: Int) -> Int {
      let clamped = min(max(side, 0), 1 << 20)
      return max((clamped + step / 2) / step, 1) * step
    }
    return ImageSize(height: round(height), width: round(width))
  }
}

extension ImageSize: CustomStringConvertible {
  public var description: String { "\(height)×\(width)" }
}

extension ImageSize {
  /// Whether both sides are whole steps, at least one.
  public func fits(multipleOf step: Int) -> Bool {
    height > 0 && width > 0 && height.isMultiple(of: step) && width.isMultiple(of: step)
  }

  /// Height and width of a map, with names where they are open.
  static func extent(_ size: ImageSize?, stride: Int) -> [Dimension] {
    guard let size else {
      return ["height", "width"].map { .symbolic(stride == 1 ? $0 : "\($0)/\(stride)") }
    }
    return [.known(size.height / stride), .known(size.width / stride)]
  }
}
