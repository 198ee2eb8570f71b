import PluginKit

/// The squares of weight times gradient, of all weights that go with a channel (Molchanov 2019).
struct Taylor: Criterion {
  static let description = StrategyDescription(
    id: "taylor",
    name: "Taylor",
    version: "1.0.0",
    doc:
      "Scores a channel by the squares of weight times gradient, over all weights that go with it (Molchanov 2019).",
    parameters: Amount.parameters(.global)
  )

  let amount: Amount

  init(settings: Settings) throws(PluginError) {
    amount = try Amount(settings: settings, scale: .global)
  }

  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double] {
    var scores = [Double](repeating: 0, count: group.channels)
    for member in group.members {
      let weight = try model.weight(member.index, of: group)
      let gradient = try model.gradient(member.index, of: group)
      let extent = weight.shape[member.axis]
      let inner = weight.shape[(member.axis + 1)...].reduce(1, *)
      weight.withValues { weights in
        gradient.withValues { gradients in
          for start in stride(from: 0, to: weights.count, by: inner) {
            guard let channel = member.channel(ofSlice: start / inner % extent) else { continue }
            var sum = 0.0
            for place in start..<start + inner {
              let product = Double(weights[place]) * Double(gradients[place])
              sum += product * product
            }
            scores[channel] += sum
          }
        }
      }
    }
    return scores
  }
}
