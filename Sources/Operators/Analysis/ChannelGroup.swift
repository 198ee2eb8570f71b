package import Graphs

/// Channels that are chosen from together: all that one layer makes, with every constant that a cut makes smaller.
///
/// A *position* is one choice, `0..<channels`: a channel of the layer that names the group, or one channel of each
/// of its groups where a grouped convolution ties them.
package struct ChannelGroup: Sendable {
  /// One axis of a constant, as the group sees it.
  package struct Member: Sendable {
    /// The constant.
    package let constant: String
    /// The axis that gets shorter.
    package let axis: Int
    /// What the axis is to the channels.
    package let role: ChannelUse.Role
    /// The first node that reads the constant so, as a position in the graph.
    package let node: Int
    /// For every index along the axis, the group's position there, or -1.
    package let positions: ContiguousArray<Int32>
  }

  /// The place of the group among all, in the order of the graph.
  package let index: Int
  /// The first weight whose filters make the channels.
  package let name: String
  /// For every position, its class in the analysis.
  package let classes: ContiguousArray<Int32>
  /// For every position, why it is never cut, or nil.
  package let closings: [String?]
  /// Axes of constants, producers first, each kind in the order of the graph.
  package let members: [Member]

  /// The number of positions.
  package var channels: Int { classes.count }
  /// The positions that can be cut.
  package var open: [Int] { closings.indices.filter { closings[$0] == nil } }
  /// Why nothing of the group can be cut; nil where something can.
  package var closed: String? {
    if closings.contains(where: { $0 == nil }) {
      return channels > 1 ? nil : "a layer needs at least one channel"
    }
    return closings.first ?? nil
  }
  /// The axes whose filters make the channels.
  package var producers: some Sequence<Member> { members.lazy.filter { $0.role == .producer } }
  /// The axes whose slices read the channels.
  package var consumers: some Sequence<Member> { members.lazy.filter { $0.role == .consumer } }
}

/// The channel groups of a graph.
package struct ChannelGroups: Sendable {
  /// The analysis that they come from.
  package let analysis: ChannelAnalysis
  /// The groups, in the order of the layers that name them.
  package let groups: [ChannelGroup]
  private let places: [String: Int]

  /// Finds the groups of a graph in the internal form, its nodes named.
  ///
  /// - Complexity: O(nodes + channels)
  package init(
    _ graph: Graph,
    operators: OperatorSet,
    facts: @escaping (String) -> ValueFacts?
  ) {
    let analysis = ChannelAnalysis(graph, operators: operators, facts: facts)
    self.analysis = analysis
    var layout = ChannelLayout(analysis)
    groups = layout.groups()
    var places: [String: Int] = [:]
    for group in groups {
      for member in group.producers {
        places[member.constant] = group.index
        let name = graph.nodes[member.node].name
        if places[name] == nil { places[name] = group.index }
      }
    }
    // Depthwise filters name the group that they are cut with.
    for group in groups {
      for member in group.members where member.role == .perChannel {
        let node = graph.nodes[member.node]
        guard let layout = operators[node]?.weights,
          node.input(layout.weight) == member.constant
        else { continue }
        for name in [member.constant, node.name] where places[name] == nil {
          places[name] = group.index
        }
      }
    }
    self.places = places
  }

  /// The group that a weight or a node makes, by its name.
  package subscript(name: String) -> ChannelGroup? { places[name].map { groups[$0] } }

  /// All names by which groups are found.
  package var names: [String] { places.keys.sorted() }
}

/// Sorts classes into groups and positions.
private struct ChannelLayout {
  private let analysis: ChannelAnalysis
  /// For every slot that is a class: the class that stands for its group, and its position there.
  private var parent: ContiguousArray<Int32>
  private var position: ContiguousArray<Int32>
  private var group: ContiguousArray<Int32>

  init(_ analysis: ChannelAnalysis) {
    self.analysis = analysis
    parent = ContiguousArray(analysis.roots.indices.map(Int32.init))
    position = ContiguousArray(repeating: -1, count: parent.count)
    group = position
  }

  mutating func groups() -> [ChannelGroup] {
    let producers = analysis.uses.filter { $0.role == .producer }
    for use in producers {
      var first: Int32?
      for slot in use.slots where slot != 0 {
        let root = find(analysis.roots[Int(slot)])
        if let first, first != root { parent[Int(root)] = find(first) } else { first = root }
      }
    }
    var names: [String] = []
    var classes: [ContiguousArray<Int32>] = []
    for use in producers {
      for slot in use.slots where slot != 0 {
        let channel = Int(analysis.roots[Int(slot)])
        guard position[channel] < 0 else { continue }
        let head = Int(find(Int32(channel)))
        if group[head] < 0 {
          group[head] = Int32(names.count)
          names.append(use.constant)
          classes.append([])
        }
        let place = Int(group[head])
        group[channel] = group[head]
        position[channel] = Int32(classes[place].count)
        classes[place].append(Int32(channel))
      }
    }
    let members = members(groupCount: names.count)
    return names.indices.map { index in
      ChannelGroup(
        index: index,
        name: names[index],
        classes: classes[index],
        closings: classes[index].map { analysis.closed[$0] },
        members: members[index].filter { $0.role == .producer }
          + members[index].filter { $0.role != .producer }
      )
    }
  }

  private func members(groupCount: Int) -> [[ChannelGroup.Member]] {
    var members = [[ChannelGroup.Member]](repeating: [], count: groupCount)
    for use in analysis.uses {
      var found: [Int32] = []
      for slot in use.slots {
        let place = group[Int(analysis.roots[Int(slot)])]
        if place >= 0, found.last != place, !found.contains(place) { found.append(place) }
      }
      for place in found {
        let positions = ContiguousArray(
          use.slots.map { slot -> Int32 in
            let channel = Int(analysis.roots[Int(slot)])
            return group[channel] == place ? position[channel] : -1
          }
        )
        members[Int(place)].append(
          ChannelGroup.Member(
            constant: use.constant,
            axis: use.axis,
            role: use.role,
            node: use.readers.first?.node ?? 0,
            positions: positions
          )
        )
      }
    }
    return members
  }

  private mutating func find(_ channel: Int32) -> Int32 {
    var channel = Int(channel)
    while parent[channel] != channel {
      parent[channel] = parent[Int(parent[channel])]
      channel = Int(parent[channel])
    }
    return Int32(channel)
  }
}

extension ChannelGroups {
  /// Finds the groups of a graph in the internal form, at the input sizes of the facts.
  package init(_ graph: Graph, facts: GraphFacts, operators: OperatorSet) {
    self.init(graph, operators: operators) { facts[$0] }
  }
}
