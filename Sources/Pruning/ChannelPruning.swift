package import Graphs
package import Operators
package import PluginKit

/// Structured pruning of a graph: a plan in, a smaller graph out.
package struct ChannelPruning: Sendable {
  /// The graph, in the internal form.
  package let graph: Graph
  /// Its channel groups.
  package let groups: ChannelGroups
  /// Kept counts are rounded up to a multiple of this: 8, 16 or 32 for some hardware.
  package var alignment: Int
  /// What every layer has before anything is cut.
  private let whole: ChannelLedger

  /// Pruning of `graph`, whose groups are known.
  package init(
    _ graph: Graph,
    groups: ChannelGroups,
    alignment: Int = 1
  ) {
    self.graph = graph
    self.groups = groups
    self.alignment = max(alignment, 1)
    whole = ChannelLedger(groups.analysis)
  }

  /// Chooses the channels of a plan.
  ///
  /// - Parameters:
  ///   - plan: the cuts, by the name of a group's weight or node.
  ///   - scores: gives the importance of a group's channels; nil leaves it to ``ChannelImportance``.
  /// - Returns: the channels that each group keeps.
  /// - Throws: ``PruningError`` where the plan does not fit the graph, and what `scores` throws.
  package func resolve(
    _ plan: PruningPlan,
    scores: (ChannelGroup) throws -> [Double]? = { _ in nil }
  ) throws -> ResolvedPruning {
    let entries = try named(plan)
    let byRatio = entries.filter { if case .ratio = $0.cut { true } else { false } }
    var given: [Int: [Double]] = [:]
    for entry in byRatio {
      guard let values = try scores(entry.group) else { continue }
      guard values.count == entry.group.channels, values.allSatisfy(\.isFinite) else {
        throw PruningError.badScores(
          entry.name,
          channels: entry.group.channels,
          found: values.count(where: \.isFinite)
        )
      }
      given[entry.group.index] = values
    }
    let wanted = byRatio.filter { given[$0.group.index] == nil }
    let norms = ChannelImportance.scores(of: wanted.map(\.group), in: graph)
    for (entry, values) in zip(wanted, norms) { given[entry.group.index] = values }

    var ledger = whole
    var cuts: [PruningCut] = []
    for entry in entries {
      let removed: Set<Int>
      switch entry.cut {
      case .ratio(let ratio):
        removed = try choose(
          ratio,
          of: entry.group,
          called: entry.name,
          scores: given[entry.group.index] ?? [],
          &ledger
        )
      case .channels(let channels):
        removed = try take(channels, of: entry.group, called: entry.name, &ledger)
      }
      guard !removed.isEmpty else { continue }
      cuts.append(
        PruningCut(
          name: entry.name,
          group: entry.group.name,
          channels: entry.group.channels,
          kept: (0..<entry.group.channels).filter { !removed.contains($0) }
        )
      )
    }
    return ResolvedPruning(
      cuts: cuts,
      classes: ledger.removed,
      edits: groups.analysis.edits(removing: ledger.removed, from: graph)
    )
  }

  /// The graph after a cut, verified.
  ///
  /// - Throws: `GraphError` where an edit does not fit the graph, which a resolved plan's edits do.
  package func apply(_ pruning: ResolvedPruning) throws(GraphError) -> Graph {
    let cut = try graph.applying(pruning.edits)
    try cut.verify()
    return cut
  }

  private struct Entry {
    let name: String
    let group: ChannelGroup
    let cut: PruningPlan.Cut
  }

  /// The plan's cuts with their groups, in the order of the groups.
  private func named(_ plan: PruningPlan) throws(PruningError) -> [Entry] {
    var entries: [Entry] = []
    var taken: [Int: String] = [:]
    for name in plan.cuts.keys.sorted() {
      guard let cut = plan.cuts[name] else { continue }
      guard let group = groups[name] else {
        throw .unknownGroup(name, nearest: Graphs.nearest(to: name, in: groups.names))
      }
      if let other = taken.updateValue(name, forKey: group.index) {
        throw .sameGroup(other, name)
      }
      if case .ratio(let ratio) = cut {
        guard (0..<1).contains(ratio) else { throw .badRatio(ratio, group: name) }
        if ratio == 0 { continue }
      }
      if case .channels(let list) = cut, list.isEmpty { continue }
      if let reason = group.closed { throw .closedGroup(name, reason: reason) }
      entries.append(Entry(name: name, group: group, cut: cut))
    }
    return entries.sorted { $0.group.index < $1.group.index }
  }

  /// The lowest scores go, the lower index first among equals; what is closed or the last of a layer stays.
  private func choose(
    _ ratio: Double,
    of group: ChannelGroup,
    called name: String,
    scores: [Double],
    _ ledger: inout ChannelLedger
  ) throws(PruningError) -> Set<Int> {
    let open = group.open.filter { scores[$0] < .infinity }
    var count = Int((Double(open.count) * ratio).rounded(.toNearestOrEven))
    count = min(count, group.channels - 1)
    let kept = group.channels - count
    let aligned = (kept + alignment - 1) / alignment * alignment
    count = max(0, group.channels - aligned)
    let order = open.sorted { (scores[$0], $0) < (scores[$1], $1) }
    var removed: Set<Int> = []
    for position in order {
      if removed.count == count { break }
      if ledger.remove(group.classes[position]) { removed.insert(position) }
    }
    return removed
  }

  private func take(
    _ channels: [Int],
    of group: ChannelGroup,
    called name: String,
    _ ledger: inout ChannelLedger
  ) throws(PruningError) -> Set<Int> {
    var removed: Set<Int> = []
    for channel in channels {
      guard group.classes.indices.contains(channel) else {
        throw .channelOutOfRange(channel, group: name, channels: group.channels)
      }
      if let reason = group.closings[channel] {
        throw .closedChannel(channel, group: name, reason: reason)
      }
      guard removed.insert(channel).inserted else {
        throw .repeatedChannel(channel, group: name)
      }
      guard ledger.remove(group.classes[channel]) else {
        throw .nothingLeft(name, channels: group.channels)
      }
    }
    return removed
  }
}

/// Counts what is left of every layer while channels are taken out.
struct ChannelLedger: Sendable {
  /// The classes that go.
  private(set) var removed: Set<Int32> = []
  private var left: [Int]
  private let pieces: [Int32: [(piece: Int, count: Int)]]

  init(_ analysis: ChannelAnalysis) {
    left = analysis.pieces.map(\.count)
    var pieces: [Int32: [(piece: Int, count: Int)]] = [:]
    for (index, slots) in analysis.pieces.enumerated() {
      for slot in slots where slot != 0 {
        let channel = analysis.roots[Int(slot)]
        var held = pieces[channel] ?? []
        if let last = held.indices.last, held[last].piece == index {
          held[last].count += 1
        } else {
          held.append((index, 1))
        }
        pieces[channel] = held
      }
    }
    self.pieces = pieces
  }

  /// The runs that a class lies in.
  func pieces(of channel: Int32) -> [Int] { (pieces[channel] ?? []).map(\.piece) }

  /// Takes a class out, unless some layer would be left with nothing.
  mutating func remove(_ channel: Int32) -> Bool {
    let held = pieces[channel] ?? []
    guard held.allSatisfy({ left[$0.piece] > $0.count }) else { return false }
    for entry in held { left[entry.piece] -= entry.count }
    removed.insert(channel)
    return true
  }
}
