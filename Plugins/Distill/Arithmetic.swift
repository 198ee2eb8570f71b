import PluginKit

/// The few operators that the losses share.
enum Arithmetic {
  /// What a loss is multiplied by where a recipe does not say; the host multiplies.
  static func weight(_ usual: Double) -> Parameter<Double> {
    Parameter<Double>(
      "weight",
      default: usual,
      in: 0...1_000_000,
      tunable: true,
      doc: "What the loss is multiplied by."
    )
  }

  /// The mean of the squared differences.
  static func meanSquare(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try a.squaredError(to: b)
  }

  /// The sum over pairs.
  static func sum(
    over pairs: [DistillPair],
    _ loss: (DistillPair) throws -> Tensor
  ) throws -> Tensor {
    var total: Tensor?
    for pair in pairs {
      let term = try loss(pair)
      total = try total.map { try $0 + term } ?? term
    }
    guard let total else { throw PluginError(.invalidArgument, "there is nothing to compare") }
    return total
  }

  /// Refuses pairs whose shapes differ.
  static func requireSame(_ pair: DistillPair) throws(PluginError) {
    guard pair.student.shape == pair.teacher.shape else {
      throw PluginError(
        .invalidArgument,
        "'\(pair.studentName)' is \(pair.student.shape), '\(pair.teacherName)' of the teacher "
          + "\(pair.teacher.shape)"
      )
    }
  }
}
