package import Graphs

/// What one group loses, decided channel by channel: for reports and provenance.
package struct PruningCut: Sendable, Hashable, Codable {
  /// The name by which the plan calls the group.
  package var name: String
  /// The weight that names the group.
  package var group: String
  /// The number of channels before the cut.
  package var channels: Int
  /// The channels that stay, rising.
  package var kept: [Int]

  /// The channels that go, rising.
  package var removed: [Int] {
    let kept = Set(kept)
    return (0..<channels).filter { !kept.contains($0) }
  }
}

/// A plan with every channel chosen, and what it comes down to.
package struct ResolvedPruning: Sendable {
  /// What each group loses, in the order of the groups; groups that lose nothing are left out.
  package let cuts: [PruningCut]
  /// The classes of the analysis that go.
  package let classes: Set<Int32>
  /// The changes of the graph.
  package let edits: [GraphEdit]
}
