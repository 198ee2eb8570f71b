package import Graphs
import Tensors

extension OperatorSet {
  /// The graph with each batch norm behind a convolution folded into that convolution's weight and bias.
  ///
  /// What the batch norm made is made by the convolution then, under the same name.
  ///
  /// - Parameter graph: in its internal form.
  /// - Returns: the graph without those batch norms.
  /// - Throws: `TensorError` where the runtime does not load.
  package func foldingBatchNorms(_ graph: Graph) throws -> Graph {
    let consumers = graph.consumers()
    var names = Names(graph)
    var result = graph
    var removed: Set<Int> = []
    for (place, index) in foldableBatchNorms(in: graph).sorted(by: { $0.value < $1.value }) {
      let (node, norm) = (graph.nodes[place], graph.nodes[index])
      guard let weightName = node.input(1), let weight = graph.constants[weightName] else {
        continue
      }
      let scale = try ChannelScale(
        norm.inputs[1...4].compactMap { graph.constants[$0] }.map { try $0.tensor() },
        epsilon: Double(norm.float("epsilon", default: 1e-5))
      )
      let bias = try node.input(2).flatMap { graph.constants[$0] }.map { try $0.tensor() }
      let isShared = consumers[weightName]?.count ?? 0 > 1
      let target = isShared ? names.fresh("\(norm.outputs[0])/weight") : weightName
      let biasTarget = names.fresh("\(norm.outputs[0])/bias")
      result.constants[target] = try scale.scaled(weight.tensor()).constant()
      result.constants[biasTarget] = try scale.shifted(bias).constant()
      result.nodes[place].inputs = [node.inputs[0], target, biasTarget]
      result.nodes[place].outputs = [norm.outputs[0]]
      removed.insert(index)
    }
    result.nodes = result.nodes.indices.filter { !removed.contains($0) }.map { result.nodes[$0] }
    result.removeConstants(readOnlyBy: graph)
    return result
  }

  /// The batch norms of a graph that fold into the convolution before them: the norm's place by that of the convolution.
  func foldableBatchNorms(in graph: Graph) -> [Int: Int] {
    let producers = graph.producers()
    let consumers = graph.consumers()
    let returned = Set(graph.outputs.map(\.name))
    var found: [Int: Int] = [:]
    for (index, norm) in graph.nodes.enumerated() where norm.isBatchNorm(in: graph) {
      guard let value = norm.input(0), let place = producers[value],
        Convolution.isPlain(graph.nodes[place]),
        consumers[value] == [index], !returned.contains(value)
      else { continue }
      let node = graph.nodes[place]
      guard let weight = node.input(1).flatMap({ graph.constants[$0] }), weight.type == .float32,
        node.input(2).map({ graph.constants[$0] != nil }) ?? true
      else { continue }
      found[place] = index
    }
    return found
  }
}

extension Graph {
  /// Takes away constants that `original` read and this graph does not.
  package mutating func removeConstants(readOnlyBy original: Graph) {
    let (before, after) = (original.consumers(), consumers())
    let kept = Set(outputs.map(\.name)).union(inputs.map(\.name))
    constants.filter { name, _ in
      kept.contains(name) || after[name] != nil || before[name] == nil
    }
  }
}

extension Node {
  /// Whether the node is a batch norm by statistics that are constants.
  fileprivate func isBatchNorm(in graph: Graph) -> Bool {
    Normalization.isByStatistics(self)
      && inputs[1...4].allSatisfy { graph.constants[$0]?.type.isFloatingPoint == true }
  }
}
