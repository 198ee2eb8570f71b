extension Graph {
  /// The same graph with every node behind those that it reads from, in branches too; otherwise the order stays.
  ///
  /// Some exporters append nodes as they come. Nodes of a cycle stay last, for ``verify()`` to name.
  ///
  /// - Complexity: O(nodes + values)
  public func sorted() -> Graph {
    var graph = self
    for index in nodes.indices where !nodes[index].subgraphs.isEmpty {
      graph.nodes[index] = nodes[index].sortingBranches()
    }
    let makers = producers()
    guard !isSorted(makers) else { return graph }
    var left = [Int](repeating: 0, count: nodes.count)
    var readers = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      let sources = Set(Set(node.inputs).union(node.captured).compactMap { makers[$0] })
      left[index] = sources.count
      for source in sources { readers[source].append(index) }
    }
    var order: [Int] = []
    var placed = [Bool](repeating: false, count: nodes.count)
    // Of the nodes that can come next the first of the old order does.
    var ready = Heap(nodes.indices.filter { left[$0] == 0 })
    while let next = ready.popLeast() {
      placed[next] = true
      order.append(next)
      for reader in readers[next] {
        left[reader] -= 1
        if left[reader] == 0 { ready.insert(reader) }
      }
    }
    order += nodes.indices.filter { !placed[$0] }
    let sorted = graph.nodes
    graph.nodes = order.map { sorted[$0] }
    return graph
  }

  private func isSorted(_ makers: [String: Int]) -> Bool {
    for (index, node) in nodes.enumerated() {
      for name in node.inputs where (makers[name] ?? -1) >= index { return false }
      if !node.subgraphs.isEmpty {
        for name in node.captured where (makers[name] ?? -1) >= index { return false }
      }
    }
    return true
  }
}

extension Node {
  fileprivate func sortingBranches() -> Node {
    var node = self
    for (name, value) in attributes {
      switch value {
      case .graph(let graph): node.attributes[name] = .graph(graph.sorted())
      case .graphs(let graphs): node.attributes[name] = .graphs(graphs.map { $0.sorted() })
      default: break
      }
    }
    return node
  }
}

/// Whole numbers, of which the least comes out first.
private struct Heap {
  private var items: [Int]

  /// Rising numbers are a heap as they are.
  init(_ rising: [Int]) { items = rising }

  mutating func insert(_ item: Int) {
    items.append(item)
    var place = items.count - 1
    while place > 0, items[place] < items[(place - 1) / 2] {
      items.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func popLeast() -> Int? {
    guard let least = items.first else { return nil }
    let last = items.removeLast()
    guard !items.isEmpty else { return least }
    items[0] = last
    var place = 0
    while true {
      let child = [2 * place + 1, 2 * place + 2].filter { $0 < items.count }
        .min { items[$0] < items[$1] }
      guard let child, items[child] < items[place] else { return least }
      items.swapAt(place, child)
      place = child
    }
  }
}
