import PluginKit

/// The mean squared difference of feature maps (Li, Jin, Yan 2017), those of unlike width through a learned convolution.
struct Mimic: Strategy, DistillLoss {
  private static let weight = Arithmetic.weight(1)
  private static let normalize = Parameter<Bool>(
    "normalize",
    default: false,
    doc: "Whether each pixel's channels are divided by their length first."
  )

  static let description = StrategyDescription(
    id: "mimic",
    name: "Mimic",
    version: "1.0.0",
    doc: "The mean squared difference of the maps that the head reads.",
    parameters: [weight.spec, normalize.spec]
  )

  private let normalizes: Bool

  init(settings: Settings) throws(PluginError) { normalizes = try settings[Self.normalize] }

  var taps: [DistillTap] { get throws(PluginError) { [.features] } }

  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
    try Arithmetic.sum(over: pairs) { pair in
      try Arithmetic.requireSame(pair)
      return try Arithmetic.meanSquare(directed(pair.student), directed(pair.teacher))
    }
  }

  private func directed(_ map: Tensor) throws -> Tensor {
    guard normalizes else { return map }
    let length = try map.length(along: [1], keepingAxes: true)
    return try map / length.clamped(min: 1e-12)
  }
}
