import PluginKit

/// Channel-wise distillation (Shu and others, 2021): each channel's map is a distribution over its pixels.
///
/// T² / (images · channels) · Σ KL(softmax(t / T) ‖ softmax(s / T)), over the pixels of every channel.
struct CWD: Strategy, DistillLoss {
  private static let weight = Arithmetic.weight(1)
  private static let temperature = Parameter<Double>(
    "temperature",
    default: 1,
    in: 0.01...1000,
    tunable: true,
    doc: "What values are divided by before the softmax."
  )

  static let description = StrategyDescription(
    id: "cwd",
    name: "Channel-wise distillation",
    version: "1.0.0",
    doc: "Compares where each channel is active.",
    parameters: [weight.spec, temperature.spec]
  )

  private let temperature: Double

  init(settings: Settings) throws(PluginError) { temperature = try settings[Self.temperature] }

  var taps: [DistillTap] { get throws(PluginError) { [.features] } }

  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
    try Arithmetic.sum(over: pairs) { pair in
      try Arithmetic.requireSame(pair)
      let shape = pair.student.shape
      guard shape.count == 4 else {
        throw PluginError(.invalidArgument, "'\(pair.studentName)' is \(shape), not images of maps")
      }
      let student = try logarithms(pair.student)
      let teacher = try logarithms(pair.teacher)
      let divergence = try ATen.one("kl_div", student, teacher, 2, true)
      let scale = temperature * temperature / Double(shape[0] * shape[1])
      return try ATen.one("mul", "Scalar", divergence, scale)
    }
  }

  private func logarithms(_ map: Tensor) throws -> Tensor {
    let flat = try ATen.one("flatten", "using_ints", map, 2, 3)
    return try ATen.one("log_softmax", "int", ATen.one("div", "Scalar", flat, temperature), 2)
  }
}
