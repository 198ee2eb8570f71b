import PluginKit

/// Chooses ranges from one pass over images, without training.
struct Post: Strategy, Quantizer {
  private static let algorithm = Parameter<String>(
    "algorithm",
    default: "kl",
    choices: ["abs_max", "kl", "hist", "mse", "avg", "emd"],
    doc:
      "How ranges of activations are chosen: extremes, least divergence, percentile, squared error, mean of peaks, moments."
  )
  private static let percentile = Parameter<Double>(
    "percentile",
    default: 0.99999,
    in: 0.5...1,
    doc: "The share of values that lies inside the range, for the algorithm hist."
  )
  private static let weights = Parameter<String>(
    "weights",
    default: "abs_max",
    choices: ["abs_max", "mse"],
    doc: "How ranges of weights are chosen: extremes, or least squared error a channel."
  )

  static let description = StrategyDescription(
    id: "post",
    name: "Post-training",
    version: "1.0.0",
    doc: "Quantizes a trained network by what one pass over images shows.",
    parameters: [algorithm.spec, percentile.spec, weights.spec]
  )

  private let estimate: RangeEstimate
  private let searchesWeights: Bool

  init(settings: Settings) throws(PluginError) {
    estimate =
      switch try settings[Self.algorithm] {
      case "abs_max": .extremes
      case "hist": .percentile(share: try settings[Self.percentile])
      case "mse": .squaredError
      case "avg": .meanOfPeaks
      case "emd": .moments
      default: .divergence
      }
    searchesWeights = try settings[Self.weights] == "mse"
  }

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
