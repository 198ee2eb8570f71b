import PluginKit

/// Half the squares of each image's derivative by a mask on the channel, which coupled layers share (Liu 2021).
struct GroupFisher: Criterion {
  /// What a score is divided by.
  private enum Saving: String, ParameterChoice {
    /// Nothing.
    case none
    /// The multiply-adds of a channel.
    case macs
    /// The parameters of a channel.
    case params
  }

  private static let per = Parameter<Saving>(
    "per",
    default: .macs,
    doc:
      "What a score is divided by: what a channel of its group has of the multiply-adds or parameters, or none."
  )

  static let description = StrategyDescription(
    id: "group_fisher",
    name: "Group Fisher",
    version: "1.0.0",
    doc:
      "Scores a channel by half the squares of each image's derivative by a mask on it, over what it costs (Liu 2021).",
    parameters: [per.spec] + Amount.parameters(.global)
  )

  let amount: Amount
  private let per: Saving

  init(settings: Settings) throws(PluginError) {
    amount = try Amount(settings: settings, scale: .global)
    per = try settings[Self.per]
  }

  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double] {
    let whole =
      switch per {
      case .none: group.channels
      case .macs: group.macs
      case .params: group.parameters
      }
    let share = Double(max(1, whole)) / Double(group.channels)
    var scores = [Double](repeating: 0, count: group.channels)
    for row in try model.maskGradients(of: group) {
      for (channel, derivative) in row.enumerated() {
        scores[channel] += derivative * derivative / 2 / share
      }
    }
    return scores
  }
}
