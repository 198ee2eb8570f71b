/// A labelled object: where it is, what it is, and whether it counts.
package struct TrueBox: Sendable, Hashable {
  /// The place of the image in its data set.
  package var image: Int
  /// The place of the class among the data set's classes, from 0.
  package var category: Int
  package var box: Box
  /// The object's own area in square pixels: COCO's area of the mask, else the box's.
  package var area: Double
  /// A box around many objects (COCO's `iscrowd`): it excuses detections and is never missed.
  package var isCrowd: Bool
  /// An object that Pascal VOC neither asks for nor punishes.
  package var isDifficult: Bool

  /// Whether nobody asks for the object, and nobody is punished for finding it.
  package var isExcused: Bool { isCrowd || isDifficult }

  package init(
    image: Int,
    category: Int,
    box: Box,
    area: Double? = nil,
    isCrowd: Bool = false,
    isDifficult: Bool = false
  ) {
    self.image = image
    self.category = category
    self.box = box
    self.area = area ?? box.area
    self.isCrowd = isCrowd
    self.isDifficult = isDifficult
  }
}
