package import Metrics

/// Where the right and bottom edges of boxes lie: at the last pixel inside, or behind it.
package enum BoxEdges: String, Sendable, Hashable {
  /// Labels state the last pixel, and so do networks that learned from them: Pascal VOC.
  case lastPixel
  /// Labels state the edge behind it; networks state the last pixel, as PaddleDetection 0.2 trains them: COCO, WIDER FACE.
  case learnedToLastPixel
  /// Labels and networks state the edge behind it: YOLO.
  case behind

  /// Pixels that a labelled box's width and height lack to cover its pixels whole.
  package var missingInLabels: Double { self == .lastPixel ? 1 : 0 }
  /// Pixels that a detected box's width and height lack.
  package var missingInDetections: Double { self == .behind ? 0 : 1 }
}

extension TrueBox {
  /// The same with another width and height; an area that is not the box's own stays.
  package func widened(by pixels: Double) -> TrueBox {
    guard pixels != 0 else { return self }
    var wider = self
    wider.box.width += pixels
    wider.box.height += pixels
    if area == box.area { wider.area = wider.box.area }
    return wider
  }
}

extension Dataset {
  /// The same images with boxes as a metric counts them: ending at their last pixels, or whole.
  package func counted(lastPixel: Bool) -> Dataset {
    let missing = edges.missingInLabels - (lastPixel ? 1 : 0)
    guard missing != 0 else { return self }
    var counted = self
    for entry in entries.indices {
      counted.entries[entry].objects = entries[entry].objects.map { $0.widened(by: missing) }
    }
    return counted
  }
}
