import PluginKit

/// The benchmark's loss for YOLOv3 ("Object detection at 200 fps", Mehta and Ozturk 2018): boxes and classes count as much as the
/// teacher sees an object there.
///
/// Per scale, with logits s and t:
/// - boxes: mean of [BCE(s_x, σ(t_x)) + BCE(s_y, σ(t_y)) + |s_w - t_w| + |s_h - t_h|] · σ(t_obj)
/// - classes: mean of BCE(s_c, σ(t_c)) · σ(t_obj)
/// - objects: mean of BCE(s_obj, 1 where the logit t_obj > threshold)
struct Split: Strategy, DistillLoss {
  private static let weight = Arithmetic.weight(1000)
  private static let anchors = Parameter<Int>(
    "anchors",
    default: 3,
    in: 1...64,
    doc: "Anchors of each scale."
  )
  private static let threshold = Parameter<Double>(
    "threshold",
    default: 0,
    in: -100...100,
    doc: "The logit of the teacher's objectness above which there is an object."
  )

  static let description = StrategyDescription(
    id: "split",
    name: "Split",
    version: "1.0.0",
    doc: "Compares boxes, classes and objectness of YOLOv3's maps, each in its own way.",
    parameters: [weight.spec, anchors.spec, threshold.spec]
  )

  private let anchors: Int
  private let threshold: Double

  init(settings: Settings) throws(PluginError) {
    anchors = try settings[Self.anchors]
    threshold = try settings[Self.threshold]
  }

  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
    try Arithmetic.sum(over: pairs) { pair in
      try Arithmetic.requireSame(pair)
      let student = try parts(of: pair.student, pair.studentName)
      let teacher = try parts(of: pair.teacher, pair.teacherName)
      let seen = try teacher.object.sigmoid()
      let boxes = try distance(student.box, teacher.box) * seen
      let classes = try entropy(student.classes, teacher.classes.sigmoid()) * seen
      let isObject = try (teacher.object .> threshold).converted(to: student.object.dtype)
      let objects = try entropy(student.object, isObject).mean()
      // The four parts of a box are added up, not averaged.
      return try boxes.mean() * 4.0 + classes.mean() + objects
    }
  }

  /// Images × anchors × numbers × rows × columns, cut along the numbers.
  private func parts(
    of map: Tensor,
    _ name: String
  ) throws -> (box: Tensor, object: Tensor, classes: Tensor) {
    let shape = map.shape
    guard shape.count == 4, shape[1].isMultiple(of: anchors), shape[1] / anchors > 5 else {
      throw PluginError(
        .invalidArgument,
        "'\(name)' is \(shape), which is no map of \(anchors) anchors with 5 numbers and classes each"
      )
    }
    let numbers = shape[1] / anchors
    let cut = try map.reshaped([shape[0], anchors, numbers, shape[2], shape[3]])
    let pieces = try cut.split(into: [4, 1, numbers - 5], along: 2)
    return (pieces[0], pieces[1], pieces[2])
  }

  /// Of the centre the cross entropy with the teacher's place in the cell, of the size the absolute difference.
  private func distance(_ student: Tensor, _ teacher: Tensor) throws -> Tensor {
    let own = try student.split(every: 2, along: 2)
    let other = try teacher.split(every: 2, along: 2)
    let centre = try entropy(own[0], other[0].sigmoid())
    let size = try (own[1] - other[1]).abs()
    return try Tensor.concatenated([centre, size], along: 2)
  }

  /// The binary cross entropy of logits, each element's own.
  private func entropy(_ logits: Tensor, _ wanted: Tensor) throws -> Tensor {
    try logits.binaryCrossEntropy(with: wanted, .none)
  }
}
