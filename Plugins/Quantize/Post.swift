import PluginKit

/// Chooses ranges from one pass over images, without training.
struct Post: Strategy, Quantizer {
  /// How ranges of activations are chosen.
  private enum Algorithm: String, ParameterChoice {
    case auto
    case extremes = "abs_max"
    case divergence = "kl"
    case percentile = "hist"
    case squaredError = "mse"
    case meanOfPeaks = "avg"
    case moments = "emd"
  }

  /// How ranges of weights are chosen.
  private enum WeightRange: String, ParameterChoice {
    case extremes = "abs_max"
    case squaredError = "mse"
  }

  private static let algorithm = Parameter<Algorithm>(
    "algorithm",
    default: .auto,
    doc:
      "How ranges of activations are chosen: extremes, least divergence, percentile, squared error, mean of peaks, moments; auto tries them all, and keeps the one whose outputs lie nearest the float network's."
  )
  private static let percentile = Parameter<Double>(
    "percentile",
    default: 0.99999,
    in: 0.5...1,
    doc: "The share of values that lies inside the range, for the algorithm hist."
  )
  private static let weights = Parameter<WeightRange>(
    "weights",
    default: .extremes,
    doc: "How ranges of weights are chosen: extremes, or least squared error a channel."
  )
  private static let equalize = Parameter<Bool>(
    "equalize",
    default: false,
    doc:
      "Whether the ranges of channels are evened out between layers before anything is calibrated."
  )
  private static let correctBias = Parameter<Bool>(
    "correct_bias",
    default: false,
    doc: "Whether the mean error of each output channel is taken from its bias, layer by layer."
  )
  private static let learnRounding = Parameter<Bool>(
    "learn_rounding",
    default: false,
    doc: "Whether each weight is rounded up or down by what the layer's result loses (AdaRound)."
  )
  private static let roundingIterations = Parameter<Int>(
    "rounding_iterations",
    default: 1000,
    in: 1...1_000_000,
    doc: "Steps in which the rounding of one layer is learned."
  )
  private static let tuningImages = Parameter<Int>(
    "tuning_images",
    default: 32,
    in: 1...1_000_000,
    doc: "Images that biases are moved and rounding is learned by, at most."
  )
  private static let metricDrop = Parameter<Double?>(
    "metric_drop",
    default: nil,
    doc:
      "Layers that lose most stay float until the metric is at most so far below the float network's (0 to 1)."
  )
  private static let leastDecibels = Parameter<Double?>(
    "min_sqnr",
    default: nil,
    doc:
      "Layers that lose most stay float until every output has this signal by noise, in decibels."
  )
  private static let mostFloat = Parameter<Int?>(
    "max_float",
    default: nil,
    doc: "How many layers may stay float for metric_drop or min_sqnr (default: all but one)."
  )

  static let description = StrategyDescription(
    id: "post",
    name: "Post-training",
    version: "1.0.0",
    doc: "Quantizes a trained network by what one pass over images shows.",
    parameters: parameters
  )

  private static let parameters = [
    algorithm.spec, percentile.spec, weights.spec, equalize.spec, correctBias.spec,
    learnRounding.spec, roundingIterations.spec, tuningImages.spec, metricDrop.spec,
    leastDecibels.spec, mostFloat.spec,
  ]

  private let estimate: RangeEstimate
  private let searchesWeights: Bool
  private let plan: QuantizationPlan

  init(settings: Settings) throws(PluginError) {
    let algorithm = try settings[Self.algorithm]
    estimate =
      switch algorithm {
      case .extremes: .extremes
      case .divergence: .divergence
      case .percentile: .percentile(share: try settings[Self.percentile])
      // Ranges until the host has tried the others.
      case .squaredError, .auto: .squaredError
      case .meanOfPeaks: .meanOfPeaks
      case .moments: .moments
      }
    searchesWeights = try settings[Self.weights] == .squaredError
    plan = QuantizationPlan(
      equalizes: try settings[Self.equalize],
      correctsBiases: try settings[Self.correctBias],
      learnsRounding: try settings[Self.learnRounding],
      tuningImages: try settings[Self.tuningImages],
      roundingIterations: try settings[Self.roundingIterations],
      goal: try Self.goal(settings),
      tried: algorithm == .auto
        ? Self.parameters.firstIndex { $0.name == Self.algorithm.spec.name } : nil
    )
  }

  /// What layers stay float for; nil where nothing is asked for.
  private static func goal(_ settings: Settings) throws(PluginError) -> QuantizationPlan.Goal? {
    let goal = QuantizationPlan.Goal(
      metricDrop: try settings[metricDrop],
      leastDecibels: try settings[leastDecibels],
      mostFloat: try settings[mostFloat]
    )
    guard goal != QuantizationPlan.Goal() else { return nil }
    if let drop = goal.metricDrop, !(0...1).contains(drop) {
      throw PluginError(.invalidArgument, "metric_drop is \(drop); it is a share from 0 to 1")
    }
    if let least = goal.leastDecibels, !(-1000...1000).contains(least) {
      throw PluginError(.invalidArgument, "min_sqnr is \(least); it is in decibels, such as 30")
    }
    if let most = goal.mostFloat, most < 0 {
      throw PluginError(.invalidArgument, "max_float is \(most); it is a number of layers")
    }
    if goal.metricDrop == nil, goal.leastDecibels == nil {
      throw PluginError(.invalidArgument, "max_float needs metric_drop or min_sqnr beside it")
    }
    return goal
  }

  func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan { plan }

  func ranges(
    of tensor: QuantizedTensor,
    in model: any QuantizationContext
  ) throws(PluginError) -> [QuantizationRange] {
    guard tensor.kind == .weight else {
      return [estimate.range(of: try model.statistics(of: tensor), for: tensor.encoding)]
    }
    let weight = try model.weight(of: tensor)
    return searchesWeights
      ? WeightRanges.leastError(of: weight, tensor) : WeightRanges.extremes(of: weight, tensor)
  }
}
