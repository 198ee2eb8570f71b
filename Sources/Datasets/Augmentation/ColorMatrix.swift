internal import CImages

/// A 3 x 4 matrix over (red, green, blue, 1): any chain of linear changes of colour is one of these, and one pass over the pixels.
package struct ColorMatrix: Sendable, Hashable {
  /// Three rows of four.
  package var rows: [[Double]]

  package static let identity = ColorMatrix(rows: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]])

  /// Adds to all channels.
  package static func adding(_ value: Double) -> ColorMatrix {
    ColorMatrix(rows: [[1, 0, 0, value], [0, 1, 0, value], [0, 0, 1, value]])
  }

  /// Multiplies all channels.
  package static func times(_ factor: Double) -> ColorMatrix {
    ColorMatrix(rows: [[factor, 0, 0, 0], [0, factor, 0, 0], [0, 0, factor, 0]])
  }

  /// Moves colours from their own grey (1 leaves them, 0 is grey).
  package static func saturating(_ factor: Double) -> ColorMatrix {
    let grey = [0.299, 0.587, 0.114].map { $0 * (1 - factor) }
    return ColorMatrix(
      rows: (0..<3).map { row in (0..<3).map { grey[$0] + ($0 == row ? factor : 0) } + [0] }
    )
  }

  /// Turns colours in the YIQ plane by an angle in radians.
  package static func turningHue(_ angle: (cosine: Double, sine: Double)) -> ColorMatrix {
    let toYIQ = [[0.299, 0.587, 0.114], [0.596, -0.274, -0.321], [0.211, -0.523, 0.311]]
    let fromYIQ = [[1, 0.956, 0.621], [1, -0.272, -0.647], [1, -1.107, 1.705]]
    let turn = [[1, 0, 0], [0, angle.cosine, -angle.sine], [0, angle.sine, angle.cosine]]
    return ColorMatrix(rows: product(product(fromYIQ, turn), toYIQ).map { $0 + [0] })
  }

  /// This change, and then another.
  package func then(_ next: ColorMatrix) -> ColorMatrix {
    let last: [[Double]] = [[0, 0, 0, 1]]
    return ColorMatrix(rows: Self.product(next.rows, rows + last))
  }

  /// The picture with the change applied; rounded to the nearest, cut to 0...255.
  package func apply(to picture: inout Picture) {
    guard self != .identity else { return }
    let values = rows.flatMap { $0.map { Float($0) } }
    let count = Int64(picture.pixelCount)
    unsafe espimg_affine(&picture.bytes, count, values)
  }

  private static func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    a.map { row in
      (b.first ?? []).indices.map { column in
        zip(row, b).reduce(0) { $0 + $1.0 * $1.1[column] }
      }
    }
  }
}
