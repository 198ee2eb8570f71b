import Tensors

/// What a network says of a batch's queries, and what it would cost them to be the truths.
struct DETRQueries {
  /// Images x queries x classes.
  let logits: Tensor
  /// Images x queries x (centre, width and height, in shares of the input).
  let boxes: Tensor
  private let costs: DETRCosts

  var images: Int { logits.shape[0] }
  var count: Int { logits.shape[1] }
  var channels: Int { logits.shape[2] }

  init(_ logits: Tensor, _ boxes: Tensor, _ options: DETROptions) throws {
    self.logits = logits
    self.boxes = boxes
    let known = try logits.detached().converted(to: .float32)
    let isShared = options.loss == .softmax
    costs = DETRCosts(
      scores: try (isShared ? known.softmax(along: 2) : known.sigmoid()).floats(),
      boxes: try boxes.detached().converted(to: .float32).floats(),
      queries: logits.shape[1],
      channels: logits.shape[2],
      isShared: isShared,
      firstClass: isShared && options.background == .first ? 1 : 0
    )
  }

  /// The query that each truth of each image takes, in order of truths.
  func matches(_ truths: [[LabelledBox]]) -> [[DETRMatch]] {
    let costs = costs
    return ImagesInParallel(count: truths.count).map { costs.matches(truths[$0], image: $0) }
  }
}

/// A query that is to say a truth.
struct DETRMatch: Sendable, Hashable {
  var query: Int
  var truth: Int
  /// The IoU of both boxes as they are.
  var overlap: Double
}
