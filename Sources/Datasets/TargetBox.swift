/// A box as a training loss sees it: centre form, in shares of the network's input, which it was moved to with its image.
package struct TargetBox: Sendable, Hashable {
  /// Centre, width and height, each from 0 to 1.
  package var centerX: Float
  package var centerY: Float
  package var width: Float
  package var height: Float
  /// The class, from 0.
  package var category: Int
  /// How much the box counts: 1, or the share of its image in a mixed one (mixup).
  package var weight: Float

  package init(
    centerX: Float,
    centerY: Float,
    width: Float,
    height: Float,
    category: Int,
    weight: Float = 1
  ) {
    self.centerX = centerX
    self.centerY = centerY
    self.width = width
    self.height = height
    self.category = category
    self.weight = weight
  }
}
