/// A metric's figure, and each class's.
package struct DetectionFigures: Sendable, Hashable {
  /// One class.
  package struct Class: Sendable, Hashable {
    package let name: String
    /// Objects that are asked for.
    package let asked: Int
    /// Average precision; nil where nothing is asked for.
    package let ap: Double?

    package init(name: String, asked: Int, ap: Double?) {
      self.name = name
      self.asked = asked
      self.ap = ap
    }
  }

  /// From 0 to 1.
  package let value: Double
  package let classes: [Class]
  /// Further figures of the metric by name, such as COCO's twelve.
  package let others: [(name: String, value: Double)]

  package init(value: Double, classes: [Class], others: [(name: String, value: Double)] = []) {
    self.value = value
    self.classes = classes
    self.others = others
  }

  package static func == (a: DetectionFigures, b: DetectionFigures) -> Bool {
    a.value == b.value && a.classes == b.classes && a.others.elementsEqual(b.others, by: ==)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(value)
    hasher.combine(classes)
  }
}
