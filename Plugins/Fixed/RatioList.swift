import PluginKit

/// Turns ratios by weight name into a plan.
enum RatioList {
  /// Cuts the groups that the names belong to; a name may be that of any weight that loses filters
  /// with its group.
  static func plan(
    _ ratios: [String: Double],
    for model: any PruningContext,
    score: String?
  ) throws(PluginError) -> PruningPlan {
    let groups = try model.groups
    var owners: [String: PruningGroup] = [:]
    for group in groups {
      for producer in group.producers { owners[producer.name] = group }
      owners[group.name] = group
    }
    var plan = PruningPlan(score: score)
    for (name, ratio) in ratios.sorted(by: { $0.key < $1.key }) where ratio > 0 {
      guard let group = owners[name] else {
        throw PluginError(
          .notFound,
          "\"\(name)\" names no channel group of this model; there are \(groups.count)"
            + (groups.isEmpty ? "" : ", such as \"\(groups[0].name)\"")
        )
      }
      if let other = plan.cuts[group.name], other != .ratio(ratio) {
        throw PluginError(
          .invalidArgument,
          "\"\(name)\" is cut together with \"\(group.name)\", so it cannot have another ratio"
        )
      }
      plan.cuts[group.name] = .ratio(ratio)
    }
    return plan
  }
}
