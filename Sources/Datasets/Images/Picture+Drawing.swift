internal import CImages
package import Metrics

extension Picture {
  /// Draws a box with a label, by OpenCV; edges beyond the picture are drawn at its own.
  ///
  /// - Parameters:
  ///   - box: in pixels.
  ///   - label: what is written at it; other than ASCII shows as `?`.
  ///   - place: of the class, which the colour goes by.
  package mutating func draw(_ box: Box, label: String, place: Int) {
    func edge(_ value: Double, _ last: Int) -> Int32 {
      value.isFinite ? Int32(min(max(value.rounded(), 0), Double(last))) : 0
    }
    let edges = [
      edge(box.x, width - 1), edge(box.y, height - 1), edge(box.right, width - 1),
      edge(box.bottom, height - 1),
    ]
    let color = Self.colors[((place % Self.colors.count) + Self.colors.count) % Self.colors.count]
    let text = label.map { $0.isASCII ? $0 : "?" }
    _ = unsafe espimg_frame(&bytes, Int32(width), Int32(height), edges, color, String(text))
  }

  /// Colours that are told apart with most kinds of colour blindness (Okabe, Ito, 2008).
  private static let colors: [[UInt8]] = [
    [230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [0, 114, 178], [213, 94, 0],
    [204, 121, 167],
  ]
}
