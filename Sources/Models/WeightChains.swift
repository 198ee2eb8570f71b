import Graphs
import Operators
import Tensors

/// Nodes that compute a layer's weights from constants alone.
struct WeightChains {
  private let graph: Graph
  private let operators: OperatorSet
  /// The values that layers read, each with the constants that it is made of.
  let ends: [String: Set<String>]

  init(_ graph: Graph, operators: OperatorSet) {
    self.graph = graph
    self.operators = operators
    let given = Set(graph.inputs.map(\.name))
    let returned = Set(graph.outputs.map(\.name))
    var made: [String: Set<String>] = [:]
    var ends: [String: Set<String>] = [:]
    for node in graph.nodes {
      let read = node.inputs.filter { !$0.isEmpty }
      let isFolded =
        !read.isEmpty && node.subgraphs.isEmpty && operators.folds(node)
        && !node.outputs.contains(where: returned.contains)
        && read.allSatisfy {
          made[$0] != nil || graph.constants[$0] != nil && !given.contains($0)
        }
      guard isFolded else {
        for (index, name) in node.inputs.enumerated() {
          guard let sources = made[name],
            TrainableWeights.isRead(at: index, of: node, operators)
          else { continue }
          ends[name] = sources
        }
        continue
      }
      let sources = read.reduce(into: Set<String>()) { $0.formUnion(made[$1] ?? [$1]) }
      for output in node.outputs where !output.isEmpty { made[output] = sources }
    }
    self.ends = ends
  }

  /// The graph with the ends as constants; nodes and constants that nothing needs any more are gone.
  ///
  /// - Throws: what the runtime refuses.
  func folded() throws -> Graph {
    var part = graph
    part.outputs = ends.keys.sorted().map { ValueInfo($0) }
    part.inputs = []
    part = part.needed()
    let values = try Session(part, operators: operators).run([:])
    var result = graph
    let reads = graph.consumers()
    for (end, sources) in ends.sorted(by: { $0.key < $1.key }) {
      guard let value = try values[end]?.constant(), value.type.isFloatingPoint else { continue }
      // The one weight among the sources gives its name, if nothing else reads it.
      let weights = sources.filter { graph.constants[$0]?.count == value.count }
      let single = weights.count == 1 ? weights.first : nil
      let isFree =
        single.map { reads[$0]?.count == 1 && !graph.outputs.map(\.name).contains($0) } ?? false
      let name = isFree ? single ?? end : end
      result.constants[name] = value
      for index in result.nodes.indices where result.nodes[index].inputs.contains(end) {
        result.nodes[index].inputs = result.nodes[index].inputs.map { $0 == end ? name : $0 }
      }
      result.nodes.removeAll { $0.outputs == [end] && name == end }
    }
    result = result.needed()
    result.removeConstants(readOnlyBy: graph)
    return result
  }
}

extension Graph {
  /// The graph without nodes that no output needs.
  fileprivate func needed() -> Graph {
    var wanted = Set(outputs.map(\.name))
    var kept: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: { wanted.contains($0) }) {
      wanted.formUnion(node.inputs)
      wanted.formUnion(node.captured)
      kept.append(node)
    }
    var result = self
    result.nodes = kept.reversed()
    return result
  }
}
