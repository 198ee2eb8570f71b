/// What decides the loss of ``DETRTask``.
package struct DETROptions: Sendable, Hashable {
  /// How classes are learned.
  package enum Loss: String, Sendable, Hashable, CaseIterable {
    /// A softmax over the classes and none of them (DETR, Carion and others 2020).
    case softmax
    /// Each class by itself, hard ones first (Lin and others 2017).
    case focal
    /// Each class by itself, a truth's score being its box's overlap (VarifocalNet, Zhang and others 2021), as RT-DETR learns them.
    case varifocal
  }

  package var loss = Loss.varifocal
  /// Which logit is none of the classes, where the loss is a softmax.
  package var background = HeadOptions.Background.last
  /// What the terms are multiplied by.
  package var classGain = 1.0
  package var boxGain = 5.0
  package var overlapGain = 2.0
  /// What counts a query that is no object, beside one that is, where the loss is a softmax.
  package var emptyWeight = 0.1

  package init() {}
}
