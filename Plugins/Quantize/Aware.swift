import PluginKit

/// Trains the network with rounded values and weights, so that it learns to live with the steps.
struct Aware: Strategy, Quantizer {
  /// How scales of activations move.
  private enum Algorithm: String, ParameterChoice {
    case movingAverage = "moving_average"
    case window = "range"
    case batch = "abs_max"
    case learned
  }

  private static let algorithm = Parameter<Algorithm>(
    "algorithm",
    default: .movingAverage,
    doc:
      "How scales of activations move: an average of maxima, a window's, the batch's, or by gradients (LSQ)."
  )
  private static let rate = Parameter<Double>(
    "rate",
    default: 0.9,
    in: 0...0.9999,
    doc: "What moving_average keeps of the past at each batch."
  )
  private static let window = Parameter<Int>(
    "window",
    default: 10_000,
    in: 1...1_000_000,
    doc: "The batches that range looks back on."
  )
  private static let share = Parameter<Double>(
    "share",
    default: 1,
    in: 0...1000,
    doc: "What learned scales move by, as a share of the learning rate."
  )

  static let description = StrategyDescription(
    id: "aware",
    name: "Quantization-aware",
    version: "1.0.0",
    doc: "Trains a network with rounded values and weights.",
    parameters: [algorithm.spec, rate.spec, window.spec, share.spec]
  )

  private let training: QuantizationPlan.Training

  init(settings: Settings) throws(PluginError) {
    switch try settings[Self.algorithm] {
    case .window: training = .range(window: try settings[Self.window])
    case .batch: training = .batch
    case .learned: training = .learned(share: try settings[Self.share])
    case .movingAverage: training = .movingAverage(rate: try settings[Self.rate])
    }
  }

  func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan {
    QuantizationPlan(training: training)
  }

  /// What training starts from: for learned scales the least squared error, else the images' mean peak.
  func ranges(
    of tensor: QuantizedTensor,
    in model: any QuantizationContext
  ) throws(PluginError) -> [QuantizationRange] {
    guard tensor.kind == .weight else {
      var start = RangeEstimate.meanOfPeaks
      if case .learned = training { start = .squaredError }
      return [start.range(of: try model.statistics(of: tensor), for: tensor.encoding)]
    }
    return try WeightRanges.extremes(of: model.weight(of: tensor), tensor)
  }
}
