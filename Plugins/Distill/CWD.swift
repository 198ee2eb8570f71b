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
      let divergence = try student.divergence(fromLogarithms: teacher, .sum)
      let scale = temperature * temperature / Double(shape[0] * shape[1])
      return try divergence * scale
    }
  }

  private func logarithms(_ map: Tensor) throws -> Tensor {
    let flat = try map.flattened(from: 2, through: 3)
    return try (flat / temperature).logSoftmax(along: 2)
  }
}
