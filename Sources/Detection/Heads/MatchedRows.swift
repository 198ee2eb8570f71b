/// Which parts of a network's outputs say the same of as many boxes, so that a teacher's can be weighed for what they mean.
package struct MatchedRows: Sendable, Hashable {
  /// Some of the numbers that an output has of each box.
  package struct Part: Sendable, Hashable {
    /// The output's name.
    package var output: String
    /// The axis that the numbers lie on; the one axis besides it and the images' is that of boxes.
    package var axis: Int
    /// Which of the numbers; nil takes all.
    package var range: Range<Int>?

    package init(_ output: String, axis: Int, _ range: Range<Int>? = nil) {
      self.output = output
      self.axis = axis
      self.range = range
    }
  }

  /// How four numbers say where a box lies.
  package enum Form: Sendable, Hashable {
    /// Centre, width, height.
    case centre
    /// Left, top, right, bottom.
    case corners
    /// Numbers that are decoded later, such as a grid's, compared as they are.
    case raw
  }

  /// What a box scores in each class.
  package enum Scores: Sendable, Hashable {
    /// From 0 to 1.
    case probabilities
    /// Before a sigmoid.
    case logits
    /// Before a softmax whose last class is none.
    case softmax
  }

  package var boxes: Part
  package var form: Form
  package var scores: Part
  package var kind: Scores
  /// Whether there is something at all, from 0 to 1; nil for networks whose scores say that.
  package var objectness: Part?

  package init(
    boxes: Part,
    form: Form,
    scores: Part,
    kind: Scores,
    objectness: Part? = nil
  ) {
    self.boxes = boxes
    self.form = form
    self.scores = scores
    self.kind = kind
    self.objectness = objectness
  }
}
