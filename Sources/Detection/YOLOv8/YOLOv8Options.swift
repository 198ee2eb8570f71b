/// What decides the loss of ``YOLOv8Task``.
package struct YOLOv8Options: Sendable, Hashable {
  /// Pixels of the input for a cell, map after map; none finds them by the number of cells.
  package var strides: [Int] = []
  /// What the terms are multiplied by.
  package var boxGain = 7.5
  package var classGain = 0.5
  package var distanceGain = 1.5
  /// How many cells a box takes at most.
  package var candidates = 10

  package init() {}
}
