import PluginKit

/// The mean squared difference of each pair, added up.
struct L2: Strategy, DistillLoss {
  private static let weight = Arithmetic.weight(100)

  static let description = StrategyDescription(
    id: "l2",
    name: "L2",
    version: "1.0.0",
    doc: "The mean squared difference of outputs.",
    parameters: [weight.spec]
  )

  init(settings: Settings) throws(PluginError) {}

  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
    try Arithmetic.sum(over: pairs) { pair in
      try Arithmetic.requireSame(pair)
      return try Arithmetic.meanSquare(pair.student, pair.teacher)
    }
  }
}
