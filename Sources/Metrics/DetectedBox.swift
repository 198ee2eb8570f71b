/// An object as a detector reports it.
package struct DetectedBox: Sendable, Hashable {
  /// The place of the image in its data set.
  package var image: Int
  /// The place of the class among the data set's classes, from 0.
  package var category: Int
  package var box: Box
  /// How sure the detector is; only the order matters, unless a metric says otherwise.
  package var score: Double

  package init(image: Int, category: Int, box: Box, score: Double) {
    self.image = image
    self.category = category
    self.box = box
    self.score = score
  }
}
