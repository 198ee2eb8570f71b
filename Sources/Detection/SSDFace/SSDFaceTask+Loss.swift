import Datasets
import Glibc
import Operators
import Tensors

extension SSDFaceTask {
  /// The priors that count in the loss, over the batch.
  struct Rows: Sendable {
    /// Places of positives in images x priors, and what their four numbers should be.
    var positives: [Int64] = []
    var codes: [Float] = []
    /// Places of positives and mined negatives, and their classes.
    var chosen: [Int64] = []
    var classes: [Int64] = []

    /// Adds an image: its positives, and the hardest of the others.
    mutating func add(
      image: Int,
      faces: [TargetBox],
      owners: [Int?],
      priors: [FacePriors.Prior],
      logits: [Float],
      ratio: Float
    ) {
      var others: [(loss: Float, place: Int)] = []
      var count = 0
      for (place, owner) in owners.enumerated() {
        let at = image * priors.count + place
        if let owner {
          count += 1
          positives.append(Int64(at))
          codes += SSDFaceTask.encoded(faces[owner], priors[place])
          chosen.append(Int64(at))
          classes.append(1)
        } else {
          // Cross-entropy of background grows with this difference.
          others.append((logits[2 * at + 1] - logits[2 * at], at))
        }
      }
      let wanted = min(others.count, Int(Float(count) * ratio))
      guard wanted > 0 else { return }
      others.sort { $0.loss != $1.loss ? $0.loss > $1.loss : $0.place < $1.place }
      for other in others.prefix(wanted) {
        chosen.append(Int64(other.place))
        classes.append(0)
      }
    }
  }

  /// Smooth-L1 over positives and cross-entropy over what was chosen, each over the batch's positives.
  func loss(_ boxes: Tensor, _ scores: Tensor, _ rows: Rows) throws -> TaskLoss {
    var terms = LossTerms()
    guard !rows.positives.isEmpty else {
      // Nothing to learn from, and still a loss that gradients come from.
      let zero = try scores.sum() * 0
      let other = try boxes.sum() * 0
      try terms.add("boxes", other, times: 1)
      try terms.add("scores", zero, times: 1)
      return try terms.loss(task: Self.name, scale: 1, names: ["boxes", "scores"])
    }
    let device = boxes.device
    func picked(_ values: Tensor, _ places: [Int64], _ width: Int) throws -> Tensor {
      let index = try Tensor(places, shape: [places.count]).moved(to: device)
      return try values.reshaped([-1, width]).picked(along: 0, at: index)
    }
    let count = rows.positives.count
    let codes = try Tensor(rows.codes, shape: [count, 4]).moved(to: device)
    let classes = try Tensor(rows.classes, shape: [rows.classes.count]).moved(to: device)
    try terms.add(
      "boxes",
      picked(boxes, rows.positives, 4).smoothError(to: codes, .sum),
      times: 1
    )
    try terms.add(
      "scores",
      picked(scores, rows.chosen, 2).crossEntropy(withClasses: classes, .sum),
      times: 1
    )
    return try terms.loss(task: Self.name, scale: 1 / Double(count), names: ["boxes", "scores"])
  }
}
