import Evaluation
import Graphs
import Models
import Operators
import PluginHost
import PluginKit

extension PruneStep {
  /// The cut that keeps most of the channels' worth within a target.
  static func byTarget(
    _ target: PruneTarget,
    _ subject: PruningSubject,
    _ settings: PruneSettings,
    _ registry: PluginRegistry,
    latency: (PruneTarget.Place) throws -> NetworkTiming,
    stop: StopRequest?,
    tell: @escaping (RunEvent) -> Void
  ) throws -> Decision {
    let strategy = settings.score?.strategy ?? settings.strategy
    let ranking = try TargetRanking(target, settings.score, registry)
    let groups = try target.groups(of: subject.context.groups)
    let scores = try failing(strategy) { try ranking.scores(of: groups, subject.context) }
    let provenance = Provenance.target(target, block: settings.align)
    // The outcome is known once the last network is measured, so metadata say what was asked.
    let record = { (graph: inout Graph, cuts: [PruningCut]) in
      graph.record(
        provenance: provenance,
        score: ranking.provenance,
        gradients: subject.context.gradients,
        settings: settings,
        cuts: cuts
      )
    }
    let pruning = TargetPruning(
      subject: subject,
      target: target,
      block: settings.align,
      tell: tell,
      stop: stop
    )
    let worth = try ranking.worth(of: scores, subject.context)
    let found = try (stop ?? StopRequest()).whileSaving {
      try pruning.result(worth: worth, scores: scores, latency: latency, record: record)
    }
    let after = try failing(strategy) {
      try subject.model(after: found.cut) { record(&$0, found.cut.cuts) }
    }
    return Decision(
      plan: found.plan,
      cut: found.cut,
      after: after,
      provenance: provenance,
      score: ranking.provenance,
      target: found.outcome
    )
  }
}

/// Whose scores and losses say what channels are worth.
private struct TargetRanking {
  let provenance: Provenance?
  private let scorer: (any ChannelScorer)?
  /// Whether the scores of different groups have one scale.
  private let isComparable: Bool
  private let curves: [LossCurve]?

  init(_ target: PruneTarget, _ score: StrategyChoice?, _ registry: PluginRegistry) throws {
    curves = try target.sensitivities.map { try SensitivityFile.read($0) }
    guard let score else {
      (provenance, scorer, isComparable) = (nil, nil, false)
      return
    }
    let given = score.parameters.values
    let name = score.strategy
    let provenance = try StrategyFailure.naming(name) { () throws(PluginHostError) in
      try registry.provenance(of: name, settings: given)
    }
    scorer = try StrategyFailure.naming(name) { () throws(PluginHostError) in
      try registry.scorer(named: name, settings: given)
    }
    isComparable = provenance.settings.values["scale"] == .string("global")
    self.provenance = provenance
  }

  /// The score of each channel of the groups that are chosen; nil for others, and for those of which no sensitivity was measured.
  func scores(of chosen: Set<Int>, _ context: StrategyContext) throws -> [[Double]?] {
    let measured = try curves.map { try places(of: $0, context) }
    return try context.groups.map { group in
      guard chosen.contains(group.index), measured?[group.index] != nil || measured == nil else {
        return nil
      }
      let source = context.descriptions.sources[group.index]
      let scores = try scorer?.score(group, of: context) ?? context.importance(of: group)
      guard scores.count == source.channels, scorer == nil || scores.allSatisfy(\.isFinite) else {
        throw PruningError.badScores(
          group.name,
          channels: source.channels,
          found: scores.count(where: \.isFinite)
        )
      }
      return scores
    }
  }

  /// What those channels are worth.
  func worth(of scores: [[Double]?], _ context: StrategyContext) throws -> [ChannelWorth?] {
    let measured = try curves.map { try places(of: $0, context) }
    return scores.enumerated().map { index, scores in
      guard let scores else { return nil }
      guard let measured else { return isComparable ? .scores(scores) : .shares(scores) }
      return measured[index].map { .losses($0) }
    }
  }

  /// The groups of curves, which must be of this model.
  private func places(
    of curves: [LossCurve],
    _ context: StrategyContext
  ) throws -> [Int: LossCurve] {
    var found: [Int: LossCurve] = [:]
    for curve in curves {
      guard let group = context.pruning.groups[curve.group],
        let place = context.descriptions.sources.firstIndex(where: { $0.index == group.index })
      else {
        throw PluginError(
          .notFound,
          "the sensitivities have \"\(curve.group)\", which is no channel group of this model"
        )
      }
      found[place] = curve
    }
    return found
  }
}

extension PruneTarget {
  /// The places of the groups that may be cut.
  fileprivate func groups(of offered: [PruningGroup]) throws(TargetError) -> Set<Int> {
    let names = offered.map(\.name)
    func selected(_ texts: [String]) throws(TargetError) -> Set<String> {
      var all: Set<String> = []
      for text in texts {
        let found = NamePattern(text).selected(from: names)
        guard !found.isEmpty else {
          throw .noGroup(text, nearest: nearest(to: text, in: names))
        }
        all.formUnion(found)
      }
      return all
    }
    let wanted = include.isEmpty ? Set(names) : try selected(include)
    let kept = wanted.subtracting(try selected(exclude))
    return Set(offered.filter { kept.contains($0.name) }.map(\.index))
  }
}

extension Provenance {
  /// The host's own choice of widths.
  fileprivate static func target(_ target: PruneTarget, block: Int) -> Provenance {
    var settings: [String: ParameterValue] = [
      target.figure.rawValue: .string(target.text), "block": .int(block),
    ]
    if let place = target.place { settings["on"] = .string(place.runtime.name) }
    if target.keepAtLeast > 0 { settings["keep_at_least"] = .double(target.keepAtLeast) }
    if let file = target.sensitivities { settings["sensitivities_file"] = .string(file) }
    return .host("target", settings: Settings(settings))
  }
}
