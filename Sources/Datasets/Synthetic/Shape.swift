internal import Glibc

/// One thing in a synthetic picture: where each of its points lies in its own coordinates, and how it is coloured there.
struct Shape: Sendable {
  /// What can be drawn; the first are the classes, the last are clutter.
  enum Kind: Int, Sendable, CaseIterable {
    case disc, ring, bar, blob
    /// Thin strokes and faint spots that belong to no class.
    case stroke, spot
    /// Parts of faces.
    case ellipse
  }

  let kind: Kind
  let centerX: Double
  let centerY: Double
  /// Half of the longest extent; of an ellipse, half of that along ``angle``.
  let radius: Double
  let angle: Double
  let color: [Double]
  let second: [Double]
  /// Stripes or speckles across, in cycles over the radius.
  let frequency: Double
  let phase: Double
  /// Lobes of a blob's outline, and how deep they are.
  let lobes: Int
  let depth: Double
  /// The share of the shape's colour over what is behind it.
  let opacity: Double
  /// The half of an ellipse's other extent.
  var otherRadius = 0.0

  /// Distance to the edge in pixels, above zero inside; nil far away.
  func inside(_ x: Double, _ y: Double) -> Double {
    let (dx, dy) = (x - centerX, y - centerY)
    let (c, s) = (cos(angle), sin(angle))
    let (u, v) = (dx * c + dy * s, dy * c - dx * s)
    let distance = (u * u + v * v).squareRoot()
    switch kind {
    case .disc, .spot: return radius - distance
    case .ellipse:
      let (across, down) = (u / radius, v / otherRadius)
      return (1 - (across * across + down * down).squareRoot()) * min(radius, otherRadius)
    case .ring: return 0.22 * radius - abs(distance - 0.78 * radius)
    case .bar: return min(radius - abs(u), 0.3 * radius - abs(v))
    case .stroke: return min(radius - abs(u), max(1, 0.05 * radius) - abs(v))
    case .blob:
      let edge = radius * (1 - depth + depth * cos(Double(lobes) * atan2(v, u) + phase))
      return edge - distance
    }
  }

  /// The texture at a point, from 0 (first colour) to 1 (second).
  func texture(_ x: Double, _ y: Double) -> Double {
    let (dx, dy) = ((x - centerX) / radius, (y - centerY) / radius)
    let (c, s) = (cos(angle), sin(angle))
    let (u, v) = (dx * c + dy * s, dy * c - dx * s)
    switch kind {
    case .disc: return 0.5 + 0.5 * cos(frequency * (u * u + v * v).squareRoot() * 3 + phase)
    case .ring: return 0.5 + 0.5 * cos(frequency * atan2(v, u) + phase)
    case .bar, .stroke: return 0.5 + 0.5 * cos(frequency * u * 4 + phase)
    // Light falls on it from one side.
    case .ellipse: return min(1, max(0, 0.5 + 0.5 * (u * cos(phase) + v * sin(phase))))
    case .blob, .spot: return 0.5 + 0.5 * cos(frequency * u * 3 + phase) * cos(frequency * v * 3)
    }
  }

  /// The rectangle of pixels that may be touched, cut to a size.
  func extent(in size: PixelSize) -> (columns: Range<Int>, rows: Range<Int>) {
    func range(_ center: Double, _ count: Int) -> Range<Int> {
      let reach = max(radius, otherRadius)
      let low = min(count, max(0, Int((center - reach - 1).rounded(.down))))
      return low..<max(low, min(count, Int((center + reach + 2).rounded(.up))))
    }
    return (range(centerX, size.width), range(centerY, size.height))
  }
}
