import PluginKit

/// The cross entropy of softened class distributions: mean of -Σ softmax(t / Tt) · log softmax(s / Ts).
struct SoftLabel: Strategy, DistillLoss {
  private static let weight = Arithmetic.weight(1)
  private static let student = temperature("student_temperature", "student")
  private static let teacher = temperature("teacher_temperature", "teacher")
  private static let axis = Parameter<Int>(
    "axis",
    default: 1,
    in: -4...4,
    doc: "The axis of the classes."
  )

  static let description = StrategyDescription(
    id: "soft_label",
    name: "Soft labels",
    version: "1.0.0",
    doc: "The cross entropy of the student's classes under the teacher's.",
    parameters: [weight.spec, student.spec, teacher.spec, axis.spec]
  )

  private let temperatures: (student: Double, teacher: Double)
  private let axis: Int

  init(settings: Settings) throws(PluginError) {
    temperatures = (try settings[Self.student], try settings[Self.teacher])
    axis = try settings[Self.axis]
  }

  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
    try Arithmetic.sum(over: pairs) { pair in
      try Arithmetic.requireSame(pair)
      guard (-pair.student.rank..<pair.student.rank).contains(axis) else {
        throw PluginError(
          .invalidArgument,
          "'\(pair.studentName)' has \(pair.student.rank) dimensions, so \(axis) is no axis of it"
        )
      }
      let logs = try (pair.student / temperatures.student).logSoftmax(along: axis)
      let wanted = try (pair.teacher / temperatures.teacher).softmax(along: axis)
      let entropy = try (logs * wanted).sum(along: [axis])
      return try -entropy.mean()
    }
  }

  private static func temperature(_ name: String, _ whose: String) -> Parameter<Double> {
    Parameter<Double>(
      name,
      default: 1,
      in: 0.01...1000,
      tunable: true,
      doc: "What the \(whose)'s logits are divided by."
    )
  }
}
