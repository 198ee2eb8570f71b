package import Graphs

/// What a cut changes in a graph: the nodes whose results differ, and where they start from.
package struct CutReach: Sendable, Hashable {
  /// The nodes to execute again, as rising positions in the graph.
  package let nodes: [Int]
  /// Computed values and inputs that those nodes read and that others make, in the order of first use.
  package let resumePoints: [String]
  /// The graph's outputs that differ, in the graph's order.
  package let outputs: [String]
}

extension ChannelAnalysis {
  /// Finds what differs when the channels of `classes` go.
  ///
  /// Up to the layers that read the channels, values lose channels and keep the others' numbers: those are resume points. A
  /// node differs when it reads cut channels with weights, computes with the number of channels, or reads what differs.
  ///
  /// - Complexity: O(nodes + elements of the label tensors)
  package func reach(removing classes: Set<Int32>, in graph: Graph) -> CutReach {
    let classes = cut(classes)
    let consumers = consumers(of: classes)
    let edited = edited(by: classes)
    var differs: Set<String> = []
    var stored = Set(graph.constants.names)
    var nodes: [Int] = []
    for (index, node) in graph.nodes.enumerated() {
      let read = (node.inputs + node.captured).filter { !$0.isEmpty }
      let isStored = !read.isEmpty && read.allSatisfy { stored.contains($0) }
      if isStored { stored.formUnion(node.outputs) }
      let changes =
        consumers.contains(index) || read.contains { differs.contains($0) }
        || isStored && read.contains { edited.contains($0) }
        || losesLabels(node, read, classes)
      guard changes else { continue }
      nodes.append(index)
      differs.formUnion(node.outputs.filter { !$0.isEmpty })
    }
    return CutReach(
      nodes: nodes,
      resumePoints: resumePoints(of: nodes, in: graph, differing: differs),
      outputs: graph.outputs.map(\.name).filter { differs.contains($0) }
    )
  }

  /// The indices that stay of each axis of a value along which channels of `classes` lie.
  package func kept(
    of value: String,
    removing classes: Set<Int32>
  ) -> [(axis: Int, indices: [Int])] {
    let cut = cut(classes)
    guard let labels = labels[value], cut.touches(labels) else { return [] }
    return labels.axes.compactMap { axis in
      let indices = cut.kept(labels, axis: axis)
      return indices.count == labels.shape[axis] ? nil : (axis, indices)
    }
  }

  /// The slots of some classes, which are asked for by number, not by hash.
  func cut(_ classes: Set<Int32>) -> ChannelCut {
    var isGone = ContiguousArray(repeating: false, count: roots.count)
    for channel in classes { isGone[Int(channel)] = true }
    return ChannelCut(removed: ContiguousArray(roots.map { isGone[Int($0)] }))
  }

  private func consumers(of classes: ChannelCut) -> Set<Int> {
    var result: Set<Int> = []
    for use in uses where use.slots.contains(where: { classes.removed[Int($0)] }) {
      for reader in use.readers where reader.role == .consumer { result.insert(reader.node) }
    }
    return result
  }

  private func edited(by classes: ChannelCut) -> Set<String> {
    var result: Set<String> = []
    for use in uses where use.slots.contains(where: { classes.removed[Int($0)] }) {
      result.insert(use.constant)
    }
    return result
  }

  /// Whether a node reads channels that go and makes something that shows none of them, such as a shape.
  private func losesLabels(_ node: Node, _ read: [String], _ classes: ChannelCut) -> Bool {
    func isCut(_ name: String) -> Bool { labels[name].map { classes.touches($0) } ?? false }
    guard read.contains(where: isCut) else { return false }
    return node.outputs.contains { !$0.isEmpty && !isCut($0) }
  }

  private func resumePoints(
    of nodes: [Int],
    in graph: Graph,
    differing: Set<String>
  ) -> [String] {
    var known = differing.union(graph.constants.names)
    var resumePoints: [String] = []
    for index in nodes {
      for name in graph.nodes[index].inputs + graph.nodes[index].captured.sorted()
      where !name.isEmpty && known.insert(name).inserted { resumePoints.append(name) }
    }
    return resumePoints
  }
}
