import Evaluation
import Files
import Graphs
import ModelFormats
import Models
import Operators
import PluginHost
import PluginKit

/// Pruning to a target: the knapsack over segments, the cut that it chooses, and what that costs.
struct TargetPruning {
  let subject: PruningSubject
  let target: PruneTarget
  /// Channels that are cut together.
  let block: Int
  let tell: (RunEvent) -> Void
  let stop: StopRequest?

  /// A cut, the model after it, and what was asked and measured.
  struct Result {
    let cut: ResolvedPruning
    let plan: PruningPlan
    let outcome: TargetOutcome
  }

  /// What costs are taken from.
  private struct Source {
    let terms: [CostTerm]
    /// What a model costs beside the uncut one.
    let measure: (Model) throws -> BudgetSearch.Measured
    let surroundings: String?
  }

  /// Chooses, cuts, measures and corrects.
  ///
  /// - Parameters:
  ///   - worth: what the channels of a group that is offered are worth, by its place; nil leaves it whole.
  ///   - scores: which of them go first.
  ///   - latency: measures, where the target is a latency.
  ///   - record: what is written into each cut graph.
  /// - Returns: the cut that is nearest to what was asked.
  /// - Throws: ``TargetError``; what measuring and cutting throw.
  func result(
    worth: [ChannelWorth?],
    scores: [[Double]?],
    latency: (PruneTarget.Place) throws -> NetworkTiming,
    record: @escaping (inout Graph, [PruningCut]) -> Void
  ) throws -> Result {
    let segmented = SegmentedModel(subject.context, scores: scores)
    let choices = choices(of: segmented, worth)
    guard choices.contains(where: { $0.widths.count > 1 }) else {
      throw TargetError.nothingToCut(
        block: block,
        groups: worth.count { $0 != nil },
        closed: closedGroups
      )
    }
    let most = choices.map { ($0.widths.last ?? 0) - $0.widths[0] }
    let source = try source(segmented, most: most, latency)
    let problem = WidthProblem(segments: choices, terms: source.terms)
    var search = BudgetSearch(target.amount, isExact: target.figure != .latency)
    (search.tolerance, search.corrections) = (target.tolerance, target.corrections)
    let present = try source.measure(subject.model).original
    if case .number(let number) = target.amount, number >= present {
      throw TargetError.reached(target, present: present)
    }
    var cuts: [[Int]: (plan: PruningPlan, cut: ResolvedPruning)] = [:]
    let found = try search.run(WidthSolver(problem), original: present) { round in
      tell(.narrowed(figure(round, search)))
    } measure: { choice in
      guard stop?.isWanted != true else { throw TargetError.stopped }
      let plan = plan(choice, problem, segmented)
      let cut = try subject.resolve(plan, scorer: nil)
      cuts[choice] = (plan, cut)
      return try source.measure(try subject.model(after: cut) { record(&$0, cut.cuts) })
    }
    try check(found, search, problem)
    let taken = found.rounds[found.taken].choice
    // The rounds are those that were measured.
    let chosen = try cuts[taken] ?? (PruningPlan(), subject.resolve(PruningPlan(), scorer: nil))
    return Result(
      cut: chosen.cut,
      plan: chosen.plan,
      outcome: TargetOutcome(
        target,
        search: search,
        found: found,
        block: block,
        surroundings: source.surroundings
      )
    )
  }

  private func choices(
    of segmented: SegmentedModel,
    _ worth: [ChannelWorth?]
  ) -> [WidthProblem.Choices] {
    segmented.segments.map { segment in
      let widths = segment.widths(block: block, least: target.keepAtLeast)
      let channels = subject.context.descriptions.sources[segment.group].channels
      return WidthProblem.Choices(
        widths: widths,
        values: worth[segment.group]?.values(of: segment, widths, channels: channels)
          ?? widths.map { _ in 0 }
      )
    }
  }

  private func source(
    _ segmented: SegmentedModel,
    most: [Int],
    _ latency: (PruneTarget.Place) throws -> NetworkTiming
  ) throws -> Source {
    switch target.figure {
    case .macs:
      let original = Double(subject.model.cost.multiplyAdds)
      return Source(
        terms: segmented.multiplyAdds,
        measure: { .init(value: Double($0.cost.multiplyAdds), original: original) },
        surroundings: nil
      )
    case .size:
      let original = try Self.bytes(of: subject.model)
      return Source(
        terms: segmented.bytes,
        measure: { .init(value: try Self.bytes(of: $0), original: original) },
        surroundings: nil
      )
    case .latency:
      let place = target.place ?? .init(runtime: .session)
      return try timed(segmented, most: most, try latency(place))
    }
  }

  /// Layers timed by themselves, whole networks in turns with the uncut one.
  private func timed(
    _ segmented: SegmentedModel,
    most: [Int],
    _ timing: NetworkTiming
  ) throws -> Source {
    let surroundings = timing.surroundings
    let path = target.place?.times ?? LayerTimes.standardPath(surroundings: surroundings)
    var timer = LayerTimer(
      try path.map { path in
        do { return try LayerTimes(path, surroundings: surroundings) } catch let fault
          as LayerTimes.Fault
        { throw TargetError.times(path: path, line: fault.line, fault.reason) }
      },
      tell: tell,
      stop: stop,
      time: timing.layers
    )
    let terms = try timer.terms(of: segmented.probes, least: most, block: block)
    guard !terms.isEmpty else { throw TargetError.noLayer(subject.model.name) }
    let original = subject.model
    return Source(
      terms: terms,
      measure: { model in
        let times = try timing.whole([original, model])
        return .init(value: times[1], original: times[0])
      },
      surroundings: surroundings
    )
  }

  private static func bytes(of model: Model) throws -> Double {
    Double(try ONNX.encode(model.operators.exported(model.graph)).count)
  }

  /// The channels that go where segments have these widths.
  private func plan(
    _ choice: [Int],
    _ problem: WidthProblem,
    _ segmented: SegmentedModel
  ) -> PruningPlan {
    var removed: [Int: [Int]] = [:]
    for (segment, count) in zip(segmented.segments, problem.removed(choice)) where count > 0 {
      removed[segment.group, default: []] += segment.removable.prefix(count)
    }
    var plan = PruningPlan()
    for (group, channels) in removed {
      plan.cuts[subject.context.descriptions.sources[group].name] = .channels(channels.sorted())
    }
    return plan
  }

  /// Refuses a result that is above what was asked, where nothing narrower is left.
  private func check(
    _ found: BudgetSearch.Found,
    _ search: BudgetSearch,
    _ problem: WidthProblem
  ) throws(TargetError) {
    let taken = found.rounds[found.taken]
    let bound = search.isExact ? 0 : target.tolerance
    guard search.error(of: taken.measured) > bound, taken.choice == problem.narrowest else {
      return
    }
    throw .unreachable(
      target,
      least: taken.measured.value,
      present: taken.measured.original,
      block: block,
      closed: closedGroups
    )
  }

  private var closedGroups: [String] {
    subject.context.descriptions.closed.map { "'\($0.group.name)' \($0.reason)" }
  }

  private func figure(_ round: BudgetSearch.Round, _ search: BudgetSearch) -> RunEvent.Narrowed {
    let original = round.measured.original
    return RunEvent.Narrowed(
      asked: target.figure.text(search.goal(original) * original),
      predicted: target.figure.text(round.predicted),
      measured: target.figure.text(round.measured.value)
    )
  }
}
