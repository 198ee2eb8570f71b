package import Graphs

/// Constants of a graph as the floats that they stand for: those that a DequantizeLinear by constants reads are restored.
package struct RestoredConstants {
  private let graph: Graph
  /// By constant, the node that restores it.
  private let nodes: [String: Int]

  /// Finds the nodes that restore constants.
  package init(_ graph: Graph) {
    self.graph = graph
    var nodes: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated()
    where node.op == "DequantizeLinear" && node.domain.isEmpty {
      if let name = node.input(0), nodes[name] == nil { nodes[name] = index }
    }
    self.nodes = nodes
  }

  /// A constant in float32 where it is stored as other numbers, else as it is; nil where there is none, or its scales are computed.
  package subscript(name: String) -> Constant? {
    guard let stored = graph.constants[name] else { return nil }
    guard let node = nodes[name].map({ graph.nodes[$0] }) else { return stored }
    guard let numbers = stored.integers?.map(Float.init) ?? stored.floats,
      let scale = node.input(1).flatMap({ graph.constants[$0] }), let scales = scale.floats
    else { return nil }
    var zeros: [Float]?
    if let name = node.input(2) {
      guard let zero = graph.constants[name] else { return nil }
      zeros = zero.integers?.map(Float.init) ?? zero.floats
      guard zeros?.count == scales.count else { return nil }
    }
    guard let places = Places(node, stored.shape, scale) else { return nil }
    let values = numbers.indices.map { index in
      let place = places[index]
      return (numbers[index] - (zeros?[place] ?? 0)) * scales[place]
    }
    return Constant(values, shape: stored.shape)
  }

  /// For each element, which scale is its own.
  private struct Places {
    /// Elements behind the axis, places along it, places that share a scale, scales along it; all 1 for one scale.
    private let inner: Int
    private let size: Int
    private let block: Int
    private let count: Int

    init?(_ node: Node, _ shape: [Int], _ scale: Constant) {
      let blocks = node.int("block_size", default: 0)
      guard scale.count > 1 || blocks > 0 else {
        (inner, size, block, count) = (1, 1, 1, 1)
        return
      }
      let stated = node.int("axis", default: 1)
      let axis = stated < 0 ? stated + shape.count : stated
      guard shape.indices.contains(axis) else { return nil }
      inner = shape[(axis + 1)...].reduce(1, *)
      size = shape[axis]
      block = max(1, blocks)
      count = (size + block - 1) / block
      let outer = blocks > 0 ? shape[..<axis].reduce(1, *) * inner : 1
      guard scale.count == count * outer else { return nil }
      isBlocked = blocks > 0
    }

    private var isBlocked = false

    subscript(index: Int) -> Int {
      guard count > 1 || isBlocked else { return 0 }
      let along = index / inner % size / block
      guard isBlocked else { return along }
      return (index / (inner * size) * count + along) * inner + index % inner
    }
  }
}
