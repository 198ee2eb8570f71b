import Graphs
package import Models
package import Operators
package import PluginKit

/// The channel groups of a model as strategies see them: open ones only, with roles, strides and costs.
package struct GroupDescriptions: Sendable {
  /// What strategies are offered; `offered[i].index == i`.
  package let offered: [PruningGroup]
  /// The group of the analysis that stands behind each.
  package let sources: [ChannelGroup]
  /// The groups that are never cut, with the reason.
  package let closed: [(group: ChannelGroup, reason: String)]

  /// Describes a model's groups.
  ///
  /// - Complexity: O(nodes + members)
  package init(_ model: Model, groups: ChannelGroups) {
    let roles = GroupRoles(model)
    var offered: [PruningGroup] = []
    var sources: [ChannelGroup] = []
    var closed: [(group: ChannelGroup, reason: String)] = []
    for group in groups.groups {
      if let reason = group.closed {
        closed.append((group, reason))
        continue
      }
      offered.append(Self.describe(group, index: offered.count, of: model, roles))
      sources.append(group)
    }
    self.offered = offered
    self.sources = sources
    self.closed = closed
  }

  private static func describe(
    _ group: ChannelGroup,
    index: Int,
    of model: Model,
    _ roles: GroupRoles
  ) -> PruningGroup {
    let nodes = Set(group.members.map(\.node))
    let constants = Set(group.members.map(\.constant))
    let first = group.members.first.map { model.graph.nodes[$0.node] }
    var members: [PruningMember] = []
    for member in group.members {
      let node = model.graph.nodes[member.node]
      for run in ChannelRun.runs(of: member.positions) {
        members.append(
          PruningMember(
            index: members.count,
            name: member.constant,
            op: node.op,
            kind: PruningMember.Kind(member.role),
            axis: member.axis,
            rank: model.graph.constants[member.constant]?.shape.count ?? 0,
            first: run.first,
            count: run.count,
            at: run.at,
            block: run.block
          )
        )
      }
    }
    return PruningGroup(
      index: index,
      name: group.name,
      op: first?.op ?? "",
      channels: group.channels,
      roles: roles.roles(of: group),
      stride: roles.stride(of: group),
      macs: nodes.reduce(0) { $0 + model.cost.nodes[$1].multiplyAdds },
      parameters: constants.reduce(0) { $0 + (model.graph.constants[$1]?.count ?? 0) },
      members: members
    )
  }
}

extension PruningMember.Kind {
  fileprivate init(_ role: ChannelUse.Role) {
    switch role {
    case .producer: self = .producer
    case .consumer: self = .consumer
    case .perChannel: self = .perChannel
    }
  }
}

/// A stretch of an axis along which positions of a group rise one by one, each `block` indices wide.
struct ChannelRun: Equatable {
  /// The position that the run starts with.
  var first: Int
  /// How many positions it has.
  package var count: Int
  /// Where along the axis it starts.
  var at: Int
  /// Indices a position.
  var block: Int

  /// The least number of runs, from the front, that give the positions of an axis; -1 stands for none.
  static func runs(of positions: some RandomAccessCollection<Int32>) -> [ChannelRun] {
    let positions = positions.map(Int.init)
    var runs: [ChannelRun] = []
    var index = 0
    while index < positions.count {
      let position = positions[index]
      var end = index + 1
      while end < positions.count, positions[end] == position { end += 1 }
      let width = end - index
      if position >= 0 {
        if let last = runs.last, last.at + last.count * last.block == index,
          last.first + last.count == position, last.block == width
        {
          runs[runs.count - 1].count += 1
        } else {
          runs.append(ChannelRun(first: position, count: 1, at: index, block: width))
        }
      }
      index = end
    }
    return runs
  }
}
