import PluginKit
import Synchronization

/// A model of a few groups with given weights, as a host would offer it.
final class SmallModel: PruningContext {
  let groups: [PruningGroup]
  private let weights: [[Float]]
  /// Images that gradients are of; 0 offers none.
  private let images: Int
  let seed: UInt64 = 7
  /// The plans that were costed.
  private(set) var costed: [PruningPlan] = []

  /// One convolution a name: `channels` filters of `perChannel` values, filter c holding c + 1.
  init(
    _ layers: [(name: String, channels: Int)],
    perChannel: Int = 4,
    strides: [Int?] = [],
    images: Int = 0
  ) {
    self.images = images
    groups = layers.enumerated().map { index, layer in
      PruningGroup(
        index: index,
        name: layer.name,
        op: "Conv",
        channels: layer.channels,
        roles: [.head],
        stride: strides.isEmpty ? 8 : strides[index],
        macs: layer.channels * 100,
        parameters: layer.channels * perChannel,
        members: [
          PruningMember(
            index: 0,
            name: layer.name,
            op: "Conv",
            kind: .producer,
            axis: 0,
            rank: 4,
            count: layer.channels
          )
        ]
      )
    }
    weights = layers.map { layer in
      (0..<layer.channels).flatMap { channel in
        [Float](repeating: Float(channel + 1) * (channel % 2 == 0 ? 1 : -1), count: perChannel)
      }
    }
  }

  func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    WeightView(
      weights[group.index],
      shape: [group.channels, weights[group.index].count / group.channels, 1, 1]
    )
  }

  /// Minus half of each weight.
  func gradient(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    _ = try gradientSamples
    return WeightView(
      weights[group.index].map { -$0 / 2 },
      shape: try weight(member, of: group).shape
    )
  }

  var gradientSamples: Int {
    get throws(PluginError) {
      guard images > 0 else { throw PluginError(.unimplemented, "this run shows no images") }
      return images
    }
  }

  /// Row r has r times a hundred plus the channel's number.
  func maskGradients(of group: PruningGroup) throws(PluginError) -> [[Double]] {
    (0..<(try gradientSamples)).map { row in (0..<group.channels).map { Double(100 * row + $0) } }
  }

  func importance(of group: PruningGroup) throws(PluginError) -> [Double] {
    var sums: [Double] = []
    try weight(of: group).forEachSlice { (_, values) throws(PluginError) in
      var sum = 0.0
      for index in values.indices { sum += Double(abs(values[index])) }
      sums.append(sum)
    }
    return sums
  }

  func model() throws(PluginError) -> [UInt8] { [1, 2, 3] }

  func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] {
    costed = plans
    return plans.map { PruningCost(macs: 1000 - 10 * $0.cuts.count, parameters: 500) }
  }
}

@available(*, unavailable)
extension SmallModel: Sendable {}
