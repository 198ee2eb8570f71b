import PluginKit

/// A score of channels, with the two ways in which it cuts.
protocol Criterion: Strategy, Pruner, ChannelScorer {
  /// How much is cut.
  var amount: Amount { get }
}

/// Whether scores of different groups have one scale, as the parameter `scale` says to whoever ranks them.
enum Scale: String, ParameterChoice {
  /// They do.
  case global
  /// Each group's are divided by their mean before they are ranked.
  case group
}

extension Criterion {
  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    try amount.plan(for: model, by: self)
  }
}

/// How much is cut: one share of every group, or what a ranking over all groups takes to reach a target.
struct Amount: Sendable {
  private static let ratio = Parameter<Double>(
    "ratio",
    default: 0.3,
    in: 0...0.99,
    tunable: true,
    doc: "Share of channels to remove from every group, where there is no target_macs."
  )
  private static let target = Parameter<Double?>(
    "target_macs",
    default: nil,
    doc:
      "The share of multiply-adds that may remain: the channels with the least scores of all groups go until it is reached."
  )
  private static let least = Parameter<Double>(
    "keep_at_least",
    default: 0.1,
    in: 0...1,
    doc: "With target_macs, the share of its channels that every group keeps."
  )

  /// The parameters of a criterion.
  static func parameters(_ standard: Scale) -> [ParameterSpec] {
    [
      ratio.spec, target.spec, least.spec, scale(standard).spec, GroupSelection.include.spec,
      GroupSelection.exclude.spec,
    ]
  }

  private static func scale(_ standard: Scale) -> Parameter<Scale> {
    Parameter(
      "scale",
      default: standard,
      doc:
        "How channels of different groups compare: by their scores as they are (global), or divided by the group's mean (group)."
    )
  }

  private let ratio: Double
  private let target: Double?
  private let least: Double
  private let scale: Scale
  private let selection: GroupSelection

  init(settings: Settings, scale standard: Scale) throws(PluginError) {
    ratio = try settings[Self.ratio]
    target = try settings[Self.target]
    least = try settings[Self.least]
    scale = try settings[Self.scale(standard)]
    selection = try GroupSelection(settings: settings)
    if let target, !(target > 0 && target < 1) {
      throw PluginError(
        .invalidArgument,
        "\"target_macs\" is a share above 0 and below 1, not \(target)"
      )
    }
  }

  /// The plan, whose channels the host takes by the same scores.
  func plan(
    for model: any PruningContext,
    by scorer: some ChannelScorer
  ) throws(PluginError) -> PruningPlan {
    let groups = try selection.groups(of: model)
    guard let target else {
      guard ratio > 0 else { return PruningPlan() }
      return PruningPlan(
        cuts: Dictionary(
          groups.map { ($0.name, .ratio(ratio)) },
          uniquingKeysWith: { first, _ in first }
        )
      )
    }
    let order = try ranking(of: groups, model, scorer)
    let limit = target * Double(try model.cost(of: [PruningPlan()])[0].macs)
    func macs(_ count: Int) throws(PluginError) -> Double {
      if model.shouldStop { throw PluginError(.cancelled, "stopped while choosing") }
      return Double(try model.cost(of: [Self.plan(order.prefix(count), of: groups)])[0].macs)
    }
    let smallest = try macs(order.count)
    guard smallest <= limit else {
      throw PluginError(
        .notFound,
        "with \(least) of every group kept, \(smallest / limit * target) of the multiply-adds remain, "
          + "more than target_macs \(target); lower keep_at_least, or include more groups"
      )
    }
    // The least count that reaches the target: fewer multiply-adds remain the more channels go.
    var (few, many) = (0, order.count)
    while few < many {
      let middle = (few + many) / 2
      if try macs(middle) <= limit { many = middle } else { few = middle + 1 }
    }
    model.log(.info, "\(many) of \(order.count) ranked channels go to reach target_macs \(target)")
    return Self.plan(order.prefix(many), of: groups)
  }

  /// The groups that lose a channel each, the least score first; what a group keeps in any case is left out.
  private func ranking(
    of groups: [PruningGroup],
    _ model: any PruningContext,
    _ scorer: some ChannelScorer
  ) throws(PluginError) -> [Int] {
    var ranked: [(score: Double, group: Int)] = []
    for (place, group) in groups.enumerated() {
      let scores = try scorer.score(group, of: model)
      let mean = scores.reduce(0, +) / Double(max(1, scores.count))
      let factor = scale == .global || mean == 0 ? 1 : 1 / mean
      let kept = max(1, Int((least * Double(group.channels)).rounded(.up)))
      for score in scores.sorted().prefix(max(0, group.channels - kept)) {
        ranked.append((score * factor, place))
      }
    }
    return ranked.sorted { ($0.score, $0.group) < ($1.score, $1.group) }.map(\.group)
  }

  private static func plan(_ removed: ArraySlice<Int>, of groups: [PruningGroup]) -> PruningPlan {
    var counts = groups.map { _ in 0 }
    for group in removed { counts[group] += 1 }
    var plan = PruningPlan()
    for (group, count) in zip(groups, counts) where count > 0 {
      plan.cuts[group.name] = .ratio(Double(count) / Double(group.channels))
    }
    return plan
  }
}

/// The filters of one layer that make channels of a group.
struct LayerFilters {
  /// The channel of each filter.
  var channels: [Int] = []
  /// The weights of each.
  var values: [[Float]] = []

  /// The layers that make a group's channels, each with its filters.
  static func layers(
    of group: PruningGroup,
    in model: any PruningContext
  ) throws(PluginError) -> [LayerFilters] {
    var layers: [LayerFilters] = []
    var places: [String: Int] = [:]
    // A layer whose channels lie in several runs is a member for each.
    for member in group.producers {
      let place = places[member.name] ?? layers.count
      if place == layers.count {
        places[member.name] = place
        layers.append(LayerFilters())
      }
      try model.weight(member.index, of: group).forEachSlice(along: member.axis) { index, values in
        guard let channel = member.channel(ofSlice: index) else { return }
        var filter =
          layers[place].channels.last == channel ? layers[place].values.popLast() ?? [] : []
        if filter.isEmpty { layers[place].channels.append(channel) }
        filter.reserveCapacity(filter.count + values.count)
        for offset in values.indices { filter.append(values[offset]) }
        layers[place].values.append(filter)
      }
    }
    return layers
  }

  /// The sums over layers of a score of each layer's filters, each divided by `scale` of its scores.
  static func total(
    _ layers: [LayerFilters],
    of group: PruningGroup,
    scale: ([Double]) -> Double,
    _ score: (LayerFilters) -> [Double]
  ) -> [Double] {
    var total = [Double](repeating: 0, count: group.channels)
    for layer in layers {
      let scores = score(layer)
      let scale = scale(scores)
      for (channel, score) in zip(layer.channels, scores) {
        total[channel] += scale == 0 ? 0 : score / scale
      }
    }
    return total
  }
}

extension PruningMember {
  /// The channel that a slice along the axis belongs to; nil for one of another group.
  func channel(ofSlice index: Int) -> Int? {
    guard index >= at, index < at + count * block else { return nil }
    return first + (index - at) / block
  }
}
