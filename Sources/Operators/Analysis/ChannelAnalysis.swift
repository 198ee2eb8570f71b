package import Graphs

/// Which channels of a graph belong together, where they lie, and which are never cut.
package struct ChannelAnalysis: Sendable {
  /// For every slot, its class: the least slot of it.
  package let roots: ContiguousArray<Int32>
  /// For every class, why it is never cut; only closed ones are listed.
  package let closed: [Int32: String]
  /// Axes of constants that a cut makes shorter.
  package let uses: [ChannelUse]
  /// Runs of slots of which a cut must leave at least one.
  package let pieces: [ContiguousArray<Int32>]
  /// The labels of every value that carries channels.
  package let labels: [String: ChannelLabels]
  private let follows: [ChannelFollow]
  private let reads: [String: Int]

  /// Follows the channels of `graph` through its nodes.
  ///
  /// - Parameters:
  ///   - graph: a graph in the internal form, its nodes named.
  ///   - operators: the operators whose rules are used; one that is not among them closes what it reads.
  ///   - facts: what is known of each value at concrete input sizes.
  /// - Complexity: O(nodes + elements of the label tensors)
  package init(
    _ graph: Graph,
    operators: OperatorSet,
    facts: @escaping (String) -> ValueFacts?
  ) {
    let reads = Self.reads(of: graph)
    let state = ChannelState(graph: graph, facts: facts, reads: reads)
    state.deadEnds = Self.deadEnds(of: graph, operators: operators)
    for (index, node) in graph.nodes.enumerated() {
      var call = ChannelCall(node: node, index: index, state: state)
      for name in node.captured { call.closeValue(name, "reads them in a branch") }
      guard let entry = operators[node] else {
        call.closeInputs("is an operator that is not known")
        call.closeSizes()
        continue
      }
      entry.channels.apply(&call)
      if !call.readsSizes { call.closeSizes() }
    }
    for output in graph.outputs {
      guard let labels = state.labels[output.name] else { continue }
      let reason = state.slots.reason("they are the output '\(output.name)'")
      for slot in labels.slots { state.slots.close(slot, reason) }
    }
    state.closeForeignReads()
    state.squareUp()
    roots = state.slots.roots()
    var closed: [Int32: String] = [:]
    for slot in roots.indices where roots[slot] == slot {
      if let reason = state.slots.closingReason(Int32(slot)) { closed[Int32(slot)] = reason }
    }
    self.closed = closed
    uses = state.uses
    pieces = state.pieces
    labels = state.labels
    follows = state.follows
    self.reads = reads
  }

  /// The edits that take the channels of `classes` out of `graph`, the one that was analysed.
  package func edits(removing classes: Set<Int32>, from graph: Graph) -> [GraphEdit] {
    let cut = cut(classes)
    var editor = ChannelEditor(cut: cut, graph: graph, reads: reads)
    for use in uses {
      let kept = cut.kept(use.slots)
      if kept.count != use.slots.count {
        editor.append(.keep(constant: use.constant, axis: use.axis, indices: kept))
      }
    }
    for follow in follows { follow(&editor) }
    return editor.edits
  }

  private static func reads(of graph: Graph) -> [String: Int] {
    var reads: [String: Int] = [:]
    for node in graph.nodes {
      for input in node.inputs where !input.isEmpty { reads[input, default: 0] += 1 }
      for input in node.captured { reads[input, default: 0] += 1 }
    }
    for output in graph.outputs { reads[output.name, default: 0] += 1 }
    return reads
  }

  /// True for convolutions that pass a cut on, each channel making its own.
  private static func isDepthwise(
    _ node: Node,
    _ layout: WeightLayout?,
    in graph: Graph
  ) -> Bool {
    guard let layout, let weight = node.input(layout.weight).flatMap({ graph.constants[$0] })
    else { return false }
    return layout.isDepthwise(node, weight: weight.shape)
  }

  /// For every value from which no layer can be reached that could take up a cut, where it leads instead.
  private static func deadEnds(of graph: Graph, operators: OperatorSet) -> [String: String] {
    var absorbed: Set<String> = []
    var ends: [String: String] = [:]
    for output in graph.outputs { ends[output.name] = "decides the output '\(output.name)'" }
    for node in graph.nodes.reversed() {
      let entry = operators[node]
      let leads = node.outputs.contains { absorbed.contains($0) }
      let end = node.outputs.lazy.compactMap { ends[$0] }.first
      for (position, input) in node.inputs.enumerated() where !input.isEmpty {
        if leads
          || position == 0 && entry?.channels.absorbs == true
            && !isDepthwise(node, entry?.weights, in: graph)
        {
          absorbed.insert(input)
        }
        if let end, ends[input] == nil { ends[input] = end }
      }
      // Branches may do anything; their own node closes what they read.
      if !node.subgraphs.isEmpty { absorbed.formUnion(node.captured) }
    }
    var result: [String: String] = [:]
    for node in graph.nodes {
      for output in node.outputs where !output.isEmpty && !absorbed.contains(output) {
        result[output] = ends[output] ?? "is read by no layer that could take up a cut"
      }
    }
    return result
  }
}

extension ChannelCall {
  /// Closes the channels of any value.
  func closeValue(_ name: String, _ text: String) {
    guard let labels = state.labels[name] else { return }
    close(labels.slots, text)
  }

  /// Closes the channels whose number the node reads without following a cut.
  func closeSizes() {
    for name in node.inputs {
      for case .size(let value, let axis) in state.origins[name] ?? [] {
        guard let labels = state.labels[value], labels.shape[axis] > 1 else { continue }
        close(labels.slots, "computes with their number")
      }
    }
  }
}
