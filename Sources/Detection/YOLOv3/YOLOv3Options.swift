/// How the `yolov3` task computes its loss and its boxes; the defaults are the benchmark's.
package struct YOLOv3Options: Sendable, Hashable {
  /// The two ways in which PaddleDetection computes the loss.
  package enum LossKind: String, Sendable, Hashable, CaseIterable {
    /// The operator `yolov3_loss`: boxes that share a cell all count, and labels may be smoothed.
    case standard
    /// `use_fine_grained_loss`: boxes that share a cell and anchor become one, the last, with the classes of all.
    case fineGrained = "fine_grained"
  }

  /// An anchor's width and height in pixels of the input.
  package struct Anchor: Sendable, Hashable {
    package var width: Float
    package var height: Float

    package init(_ width: Float, _ height: Float) {
      self.width = width
      self.height = height
    }
  }

  /// What each term of the loss is multiplied by.
  package struct Scales: Sendable, Hashable {
    package var position: Float = 1
    package var size: Float = 1
    package var objectness: Float = 1
    package var classes: Float = 1
    /// Of the term 1 - IoU², which is left out at 0; 2.5 in PaddleDetection's configurations that use it.
    package var iou: Float = 0

    package init() {}
  }

  package var classes: Int
  package var anchors: [Anchor] = [
    Anchor(10, 13), Anchor(16, 30), Anchor(33, 23), Anchor(30, 61), Anchor(62, 45),
    Anchor(59, 119), Anchor(116, 90), Anchor(156, 198), Anchor(373, 326),
  ]
  /// The anchors' places that each output uses, from the coarsest map to the finest.
  package var masks: [[Int]] = [[6, 7, 8], [3, 4, 5], [0, 1, 2]]
  package var loss = LossKind.standard
  /// How far class labels lie from 0 and 1; nil takes min(1 / classes, 1 / 40) where ``smoothsLabels`` is on.
  package var labelSmoothing: Float?
  package var smoothsLabels = false
  /// A prediction with a larger IoU than this with any box is not held to be empty.
  package var ignoreThreshold: Float = 0.7
  package var scales = Scales()
  /// The least objectness of a cell, and what a class score must exceed.
  package var scoreThreshold: Float = 0.01
  /// Whether boxes end at the edges of the image: 0 and its width or height less one.
  package var clips = true
  package var suppression = Suppression(overlap: 0.45, candidates: 1000, kept: 100, addsOne: true)

  package init(classes: Int) {
    self.classes = classes
  }

  /// The distance of class labels from 0 and 1 that the loss uses.
  var smoothing: Float {
    guard smoothsLabels, loss == .standard else { return 0 }
    return labelSmoothing ?? min(1 / Float(classes), 1 / 40)
  }

  /// Why the options make no task; nil where they do.
  var fault: String? {
    if classes < 1 { return "\(classes) classes; it takes one at least" }
    if anchors.isEmpty || masks.isEmpty || masks.contains(where: \.isEmpty) {
      return "every output takes one anchor at least"
    }
    if let bad = anchors.first(where: { !($0.width > 0 && $0.height > 0) }) {
      return "an anchor of \(bad.width)x\(bad.height) pixels; both must be above 0"
    }
    for place in masks.joined() where !anchors.indices.contains(place) {
      return "a mask names anchor \(place), and there are \(anchors.count), from 0"
    }
    if Set(masks.joined()).count != masks.joined().count { return "two masks name one anchor" }
    if !(0...1).contains(ignoreThreshold) {
      return "an ignore threshold of \(ignoreThreshold); it lies from 0 to 1"
    }
    if let labelSmoothing, !(0..<0.5).contains(labelSmoothing) {
      return "label smoothing of \(labelSmoothing); it lies from 0 to below 0.5"
    }
    return nil
  }
}
