import Operators
import Tensors

/// A teacher's outputs matched, each part weighed for what it means.
///
/// With q the teacher's confidence in a box (its best score, times objectness where there is one) and Q their sum:
/// - scores: the sum over boxes and classes of KL(t, s) / Q, each score a coin's (Bernoulli), or all of a box one draw (softmax);
/// - boxes: the sum over boxes of q |s - t| / (4 Q), sides and edges in shares of the teacher's box; raw numbers as they are.
///
/// Boxes in which the teacher sees nothing hardly count, and pixels do not outweigh scores, as they do where whole outputs are compared.
struct RowMatching {
  let rows: MatchedRows

  /// What a probability keeps away from 0 and 1, so that its logarithm is finite.
  private static let least: Float = 1e-6

  /// The scores' and the boxes' losses.
  func terms(
    _ student: [String: Tensor],
    _ teacher: [String: Tensor]
  ) throws -> [(name: String, value: Tensor)] {
    let (given, wanted) = (
      try part(rows.scores, student), try part(rows.scores, teacher).detached()
    )
    let (own, known) = (try scores(given), try scores(wanted))
    var confidence = try best(known)
    var terms: [(String, Tensor)] = []
    if let part = rows.objectness {
      let (own, known) = (try self.part(part, student), try self.part(part, teacher).detached())
      confidence = try confidence * known
      terms.append(("objectness", try Self.coins(known, own)))
    }
    let sum = try confidence.sum().clamped(min: Self.least)
    terms.append(
      ("scores", try rows.kind == .softmax ? Self.draws(known, own) : Self.coins(known, own))
    )
    let boxes = (try part(rows.boxes, student), try part(rows.boxes, teacher).detached())
    let apart = try (boxes.0 - boxes.1).abs() / sizes(boxes.1)
    terms.append(
      ("boxes", try (apart.sum(along: [-1], keepingAxes: true) * confidence).sum() * 0.25)
    )
    return try terms.map { ($0.0, try $0.1 / sum) }
  }

  /// Images x boxes x numbers, in 32-bit floats.
  private func part(_ part: MatchedRows.Part, _ outputs: [String: Tensor]) throws -> Tensor {
    guard let output = outputs[part.output], output.rank == 3 else {
      throw DetectionError.outputs(
        task: MatchTeacherTask.name,
        "there is no output '\(part.output)' of three axes"
      )
    }
    var values = try output.converted(to: .float32)
    if let range = part.range {
      values = try values.narrowed(along: part.axis, from: range.lowerBound, count: range.count)
    }
    return part.axis == 2 ? values : try values.transposed(part.axis, 2)
  }

  private func scores(_ values: Tensor) throws -> Tensor {
    switch rows.kind {
    case .probabilities: values
    case .logits: try values.sigmoid()
    case .softmax: try values.softmax(along: 2)
    }
  }

  /// A box's best score; of a softmax the last class is none.
  private func best(_ scores: Tensor) throws -> Tensor {
    let classes = scores.shape[2]
    let seen =
      rows.kind == .softmax && classes > 1
      ? try scores.narrowed(along: 2, from: 0, count: classes - 1) : scores
    return try seen.max(along: [2], keepingAxes: true)
  }

  /// Width and height of the teacher's boxes, for each of the four numbers.
  private func sizes(_ boxes: Tensor) throws -> Tensor {
    if rows.form == .raw { return try Tensor.ones(like: boxes) }
    var sides = try boxes.narrowed(along: 2, from: 2, count: 2)
    if rows.form == .corners { sides = try sides - boxes.narrowed(along: 2, from: 0, count: 2) }
    let known = try sides.abs().clamped(min: Self.least)
    return try Tensor.concatenated([known, known], along: 2)
  }

  private static func coins(_ known: Tensor, _ own: Tensor) throws -> Tensor {
    let (t, s) = (try inside(known), try inside(own))
    let yes = try t * (t.log() - s.log())
    let (left, right) = (try 1 - t, try 1 - s)
    return try (yes + left * (left.log() - right.log())).sum()
  }

  private static func draws(_ known: Tensor, _ own: Tensor) throws -> Tensor {
    let (t, s) = (try inside(known), try inside(own))
    return try (t * (t.log() - s.log())).sum()
  }

  private static func inside(_ values: Tensor) throws -> Tensor {
    try values.clamped(min: least, max: 1 - least)
  }
}
