package import Metrics
import Operators
package import Tensors

/// Any network against the one that it was: the outputs are to stay what they were, and no labels are needed.
///
/// The loss is the sum over outputs of |s - t|² / |t|², each over the whole batch; where parts of outputs are known to be boxes and scores,
/// that of ``RowMatching``.
package struct MatchTeacherTask: DetectionTask {
  package static let name = "match_teacher"

  /// What |t|² is at least, for each element, so that outputs of zeros divide nothing by nothing.
  private static let least = 1e-12

  /// Which parts of the outputs mean boxes and scores; none compares whole outputs.
  package var rows: [MatchedRows]

  package init(rows: [MatchedRows] = []) { self.rows = rows }

  package func loss(
    _ outputs: [String: Tensor],
    _ targets: TaskTargets
  ) throws -> TaskLoss {
    guard !targets.teacher.isEmpty else {
      throw DetectionError.unsupported(task: Self.name, "there is no teacher's output to match")
    }
    var terms = LossTerms()
    guard rows.isEmpty else {
      for part in rows {
        for (name, value) in try RowMatching(rows: part).terms(outputs, targets.teacher) {
          try terms.add(name, value, times: 1)
        }
      }
      return try terms.loss(task: Self.name, scale: 1, names: ["scores", "objectness", "boxes"])
    }
    let names = targets.teacher.keys.sorted()
    for name in names {
      guard let teacher = targets.teacher[name] else { continue }
      let student = try Self.output(name, outputs, like: teacher)
      guard student.requiresGradient else {
        throw DetectionError.outputs(
          task: Self.name,
          "output '\(name)' has no gradient: nothing that is trained reaches it"
        )
      }
      let wanted = try teacher.detached().converted(to: .float32)
      let difference = try student.converted(to: .float32) - wanted
      let size = try Self.squares(wanted).doubles()[0]
      let scale = 1 / max(size, Self.least * Double(max(wanted.count, 1)))
      try terms.add(name, Self.squares(difference) * scale, times: 1)
    }
    return try terms.loss(task: Self.name, scale: 1, names: names)
  }

  package func detections(
    _ outputs: [String: Tensor],
    _ images: TaskImages
  ) throws -> [[DetectedBox]] {
    throw DetectionError.unsupported(
      task: Self.name,
      "outputs of an unknown kind make no boxes; judge the model by its agreement"
    )
  }

  /// How well each image's outputs agree with the teacher's: the mean over outputs of 1 - |s - t| / |t|, 0 where that is less.
  ///
  /// Equal outputs agree by 1, also where both are zero; what is not finite agrees by 0.
  ///
  /// - Parameters:
  ///   - outputs: of the network.
  ///   - teacher: those that count, image after image.
  ///   - images: how many there are; nil takes the first axis of the teacher's.
  /// - Returns: one figure an image.
  /// - Throws: ``DetectionError`` for an output that is missing or has another shape.
  package func agreement(
    _ outputs: [String: Tensor],
    _ teacher: [String: Tensor],
    images: Int? = nil
  ) throws -> [Double] {
    guard let count = images ?? teacher.first?.value.shape.first else {
      throw DetectionError.unsupported(task: Self.name, "there is no teacher's output to match")
    }
    var sums = [Double](repeating: 0, count: count)
    for name in teacher.keys.sorted() {
      guard let wanted = teacher[name] else { continue }
      let values = try Self.output(name, outputs, like: wanted).floats()
      let known = try wanted.floats()
      guard images != nil || wanted.shape.first == count else {
        throw DetectionError.outputs(
          task: Self.name,
          "output '\(name)' is \(wanted), and the batch has \(count) images along its first axis"
        )
      }
      let each = known.count / max(count, 1)
      for image in 0..<count {
        let range = image * each..<(image + 1) * each
        sums[image] += Self.agreement(values[range], known[range])
      }
    }
    return sums.map { $0 / Double(teacher.count) }
  }

  private static func agreement(_ values: ArraySlice<Float>, _ known: ArraySlice<Float>) -> Double {
    var (error, size) = (0.0, 0.0)
    for (value, wanted) in zip(values, known) where value != wanted {
      error += (Double(value) - Double(wanted)) * (Double(value) - Double(wanted))
    }
    if error == 0 { return 1 }
    for wanted in known { size += Double(wanted) * Double(wanted) }
    let share = (error / size).squareRoot()
    return share < 1 ? 1 - share : 0
  }

  private static func output(
    _ name: String,
    _ outputs: [String: Tensor],
    like teacher: Tensor
  ) throws(DetectionError) -> Tensor {
    guard let output = outputs[name] else {
      let names = outputs.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
      throw .outputs(task: Self.name, "output '\(name)' is missing; there are \(names)")
    }
    guard output.shape == teacher.shape else {
      throw .outputs(
        task: Self.name,
        "output '\(name)' is \(output), the teacher's is \(teacher)"
      )
    }
    return output
  }

  private static func squares(_ tensor: Tensor) throws -> Tensor {
    try (tensor * tensor).sum()
  }
}
