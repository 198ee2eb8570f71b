/// Pascal VOC's mean average precision, and each class's.
package struct VOCResult: Sendable, Hashable {
  /// One class.
  package struct Class: Sendable, Hashable {
    /// Objects that count: those that are not difficult.
    package var asked: Int
    /// Detections that found one.
    package var right = 0
    /// Detections that found none, or one that was found already.
    package var wrong = 0
    /// The average precision; nil where no object counts.
    package var ap: Double?
  }

  package let mode: VOCMode
  package let perClass: [Class]

  /// The mean over the classes in which an object counts; nil where there is none.
  package var mean: Double? {
    let known = perClass.compactMap(\.ap)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}
