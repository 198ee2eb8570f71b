import PluginKit

/// A pruner in a process of its own.
struct IsolatedPruner: PrunerImplementation {
  let plans: Bool
  let scores: Bool
  private let session: IsolatedSession

  init(_ strategy: IsolatedStrategy, settings: Settings) {
    plans = strategy.plans
    scores = strategy.scores
    session = strategy.session(settings)
  }

  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    let groups = try model.groups
    var answer = try session.call(
      .plan,
      stops: { model.shouldStop },
      answering: {
        (question, unpacker, packer) throws(PluginError) in
        try model.answer(question, groups, &unpacker, &packer)
      }
    ) { packer in
      packer.add(model.seed)
    }
    let plan: PruningPlan = try answer.value()
    let named = Dictionary(groups.map { ($0.name, $0) }) { first, _ in first }
    for (name, cut) in plan.cuts {
      guard let group = named[name] else { throw .garbled }
      try cut.check(against: group)
    }
    return plan
  }

  func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    let groups = try model.groups
    var answer = try session.call(
      .score,
      layer: group.name,
      stops: { model.shouldStop },
      answering: {
        (question, unpacker, packer) throws(PluginError) in
        try model.answer(question, groups, &unpacker, &packer)
      }
    ) { packer in
      packer.add(model.seed)
      packer.add(group)
    }
    let scores: [Double] = try answer.values()
    guard scores.count == group.channels else { throw .garbled }
    // Its own process checked them too, which is the plugin's.
    try scores.checkFinite(
      origin: PluginError.Origin(plugin: session.plugin, function: "score", layer: group.name)
    )
    return scores
  }
}

extension PruningContext {
  /// Answers what a plugin in another process asks about the model.
  func answer(
    _ question: Dialogue.Question,
    _ groups: [PruningGroup],
    _ unpacker: inout Unpacker,
    _ packer: inout Packer
  ) throws(PluginError) {
    func group() throws(PluginError) -> PruningGroup {
      let index = try unpacker.int()
      guard groups.indices.contains(index) else { throw .garbled }
      return groups[index]
    }
    switch question {
    case .groups: packer.add(groups)
    case .weight:
      let group = try group()
      try weight(try unpacker.int(), of: group).pack(into: &packer)
    case .gradient:
      let group = try group()
      try gradient(try unpacker.int(), of: group).pack(into: &packer)
    case .gradientSamples: packer.add(try gradientSamples)
    case .maskGradients:
      let rows = try maskGradients(of: try group())
      packer.add(rows.count)
      for row in rows { packer.add(row) }
    case .importance: packer.add(try importance(of: try group()))
    case .model: packer.add(try model())
    case .cost: packer.add(try cost(of: try unpacker.values()))
    case .evaluate: packer.add(try evaluate(try unpacker.values()))
    default: throw .garbled
    }
  }
}
