import PluginHost
import PluginKit

/// A strategy that plans, scores channels, or both.
struct PrunerExercise: Exercise {
  private let pruner: (any Pruner)?
  private let scorer: (any ChannelScorer)?

  init(_ registry: PluginRegistry, _ id: String, _ settings: [String: ParameterValue]) throws {
    do throws(PluginHostError) {
      let made = try registry.pruner(named: id, settings: settings)
      pruner = made
      scorer = made.scorer
    } catch {
      guard case .doesNotPlan = error else { throw error }
      pruner = nil
      scorer = try registry.scorer(named: id, settings: settings)
    }
  }

  func material(_ inputs: Inputs, _ draw: inout Draw) throws -> DrawnPruning {
    try DrawnPruning(inputs, &draw)
  }

  func run(
    _ context: DrawnPruning,
    checking: Bool,
    _ draw: inout Draw
  ) throws -> [UInt64] {
    var bits: [UInt64] = []
    if let scorer {
      for group in context.groups {
        bits += try scorer.score(group, of: context).map(\.bits)
      }
    }
    guard let pruner else { return bits }
    let plan = try pruner.plan(for: context)
    if checking, !context.shouldStop { try check(plan, in: context) }
    return bits + plan.bits
  }

  private func check(_ plan: PruningPlan, in context: DrawnPruning) throws {
    do {
      try context.check(plan, scorer: plan.score == nil ? scorer : nil)
    } catch {
      throw Finding.fail("the host cannot carry out its plan: \(error)")
    }
  }
}

extension PruningPlan {
  /// The plan as numbers, in the order of names.
  var bits: [UInt64] {
    cuts.sorted { $0.key < $1.key }.flatMap { name, cut -> [UInt64] in
      let group = name.utf8.reduce(0) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
      switch cut {
      case .ratio(let ratio): return [group, ratio.bits]
      case .channels(let channels): return [group] + channels.map { UInt64($0) }
      }
    }
  }
}
