/// A picture that was drawn, and what there is to find in it.
package struct SyntheticScene: Sendable {
  /// A thing to find.
  package struct Object: Sendable, Hashable {
    /// Its first and last columns and rows; `weight` is 1.
    package var box: Sample.Object
    /// The share of it that nothing hides and no edge cuts off.
    package var visible: Double
    /// Whether it is turned far from how such things mostly are.
    package var isTurned: Bool

    package init(box: Sample.Object, visible: Double, isTurned: Bool = false) {
      self.box = box
      self.visible = visible
      self.isTurned = isTurned
    }
  }

  package let picture: Picture
  package let objects: [Object]
  /// What sort of picture it is, as folders are named.
  package let event: String
  /// 0 for a sharp picture, 1 for a soft one, 2 for a blurred one.
  package let blur: Int
  /// Whether there was little light.
  package let isDark: Bool

  init(
    picture: Picture,
    objects: [Object],
    event: String = "Shapes",
    blur: Int = 0,
    isDark: Bool = false
  ) {
    self.picture = picture
    self.objects = objects
    self.event = event
    self.blur = blur
    self.isDark = isDark
  }
}
