import Files
import Operators

/// A cut that is to be evaluated, with the name under which its records are kept.
struct EvaluatedCut: Sendable {
  /// The SHA-256 of the channels that stay, group by group.
  let key: String
  let pruning: ResolvedPruning
  /// What differs; nothing where no channel goes.
  let reach: CutReach

  init(_ pruning: ResolvedPruning, of subject: ChannelPruning) {
    key = Self.key(of: pruning)
    self.pruning = pruning
    reach = subject.groups.analysis.reach(removing: pruning.classes, in: subject.graph)
  }

  /// The groups cut, as one text.
  var groups: String { pruning.cuts.map(\.group).joined(separator: "\n") }

  /// The name of a cut's records: the same for the same channels, whatever plan chose them.
  static func key(of pruning: ResolvedPruning) -> String {
    guard !pruning.cuts.isEmpty else { return "baseline" }
    let lines = pruning.cuts.map {
      "\($0.group):\($0.kept.map(String.init).joined(separator: ","))"
    }
    return SHA256.hexadecimal(of: Array(lines.sorted().joined(separator: "\n").utf8).span)
  }
}

/// Cuts of one group of which each takes all that the next one takes: they share the layers that read the channels.
struct CutFamily: Sendable {
  /// The cuts, the largest first.
  let cuts: [EvaluatedCut]
  /// What differs, the same for all.
  let reach: CutReach

  /// Sorts cuts into families, in the order of the graph.
  static func families(of cuts: [EvaluatedCut]) -> [CutFamily] {
    var order: [String] = []
    var byGroups: [String: [EvaluatedCut]] = [:]
    for cut in cuts {
      if byGroups[cut.groups] == nil { order.append(cut.groups) }
      byGroups[cut.groups, default: []].append(cut)
    }
    var families: [CutFamily] = []
    for name in order {
      var chain: [EvaluatedCut] = []
      let sorted = (byGroups[name] ?? []).sorted {
        ($0.pruning.classes.count, $1.key) > ($1.pruning.classes.count, $0.key)
      }
      for cut in sorted {
        if let last = chain.last,
          last.reach != cut.reach || !last.pruning.classes.isSuperset(of: cut.pruning.classes)
        {
          families.append(CutFamily(cuts: chain, reach: last.reach))
          chain = []
        }
        chain.append(cut)
      }
      if let last = chain.last { families.append(CutFamily(cuts: chain, reach: last.reach)) }
    }
    return families.sorted { ($0.reach.nodes.first ?? 0) < ($1.reach.nodes.first ?? 0) }
  }
}
