internal import Metrics

/// A box of left and top edge, width and height that leaves its image, as COCO and WIDER FACE write boxes.
///
/// The edges of an image of 64 columns are 0 and 64; what rounding adds is no fault.
struct BoxBorder: Sendable, Hashable {
  /// Pixels by which files that round their numbers miss the edge.
  private static let slack = 0.1

  /// What is wrong, as a sentence without its end.
  let found: String
  /// Whether nothing of the box is inside.
  let isBeyond: Bool

  /// Nil where the box is inside.
  init?(_ box: Box, in size: PixelSize) {
    let (width, height) = (Double(size.width), Double(size.height))
    guard
      box.x < -Self.slack || box.y < -Self.slack || box.right > width + Self.slack
        || box.bottom > height + Self.slack
    else { return nil }
    found =
      "the box at (\(box.x), \(box.y)) of \(box.width) x \(box.height) leaves the image of "
      + "\(size.width) x \(size.height)"
    isBeyond = box.right <= 0 || box.bottom <= 0 || box.x >= width || box.y >= height
  }

  /// What becomes of the box in training and evaluation.
  var done: String { isBeyond ? "left out" : "kept as it is" }
}
