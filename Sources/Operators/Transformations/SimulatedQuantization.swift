package import Graphs
import Tensors

extension OperatorSet {
  /// The graph with quantized constants restored, and with each value that is quantized and restored at once rounded by one node.
  ///
  /// It computes what the graph says, but for values halfway between two steps, which may go to the other one. It needs
  /// ``withRounding``.
  package func simulatingQuantization(_ graph: Graph) -> Graph {
    let consumers = graph.consumers()
    let producers = graph.producers()
    let returned = Set(graph.outputs.map(\.name))
    var result = graph
    var removed: Set<Int> = []
    for (index, node) in graph.nodes.enumerated() where Quantization.restores(node) {
      guard let input = node.input(0), let output = node.output(0) else { continue }
      if let restored = graph.restored(node), !returned.contains(output) {
        result.constants[output] = restored
        removed.insert(index)
      } else if let place = producers[input],
        let rounding = graph.rounding(graph.nodes[place], node)
      {
        result.nodes[index] = rounding
        if consumers[input] == [index], !returned.contains(input) { removed.insert(place) }
      }
    }
    result.nodes = result.nodes.indices.filter { !removed.contains($0) }.map { result.nodes[$0] }
    result.removeConstants(readOnlyBy: graph)
    return result
  }

  /// The set with the operators that stand for rounding.
  package var withRounding: OperatorSet {
    var set = self
    for entry in FakeQuantization.operators { set.add(entry) }
    return set
  }
}

extension Graph {
  /// What a node that restores a constant of 8 or 32 bits makes; nil for another.
  fileprivate func restored(_ node: Node) -> Constant? {
    guard let numbers = node.input(0).flatMap({ constants[$0] }),
      let values = numbers.integers, node.int("block_size", default: 0) == 0,
      let scales = node.input(1).flatMap({ constants[$0]?.floats })
    else { return nil }
    let zeros = node.input(2).flatMap { constants[$0]?.integers } ?? [0]
    let stated = node.int("axis", default: 1)
    let axis = stated < 0 ? stated + numbers.shape.count : stated
    guard scales.count == 1 || numbers.shape.indices.contains(axis),
      scales.count == 1 || numbers.shape[axis] == scales.count
    else { return nil }
    let inner = scales.count == 1 ? 1 : numbers.shape[(axis + 1)...].reduce(1, *)
    return Constant(
      values.indices.map { index in
        let channel = scales.count == 1 ? 0 : index / inner % scales.count
        let zero = zeros.count == 1 ? zeros[0] : zeros[channel]
        return Float(values[index] - zero) * scales[channel]
      },
      shape: numbers.shape
    )
  }

  /// One node for two that quantize and restore a value by one scale of 8 bits; nil where they do something else.
  fileprivate func rounding(_ quantize: Node, _ restore: Node) -> Node? {
    guard Quantization.quantizes(quantize),
      quantize.inputs.count == 3, restore.inputs.count == 3,
      Array(quantize.inputs[1...]) == Array(restore.inputs[1...]),
      let scale = constants[quantize.inputs[1]], scale.type == .float32, scale.count == 1,
      let step = scale.floats?.first, let zero = constants[quantize.inputs[2]],
      let place = zero.integers?.first, zero.type == .int8 || zero.type == .uint8
    else { return nil }
    return Node(
      FakeQuantization.rounding,
      name: restore.name,
      domain: FakeQuantization.domain,
      inputs: [quantize.inputs[0]],
      outputs: restore.outputs,
      attributes: [
        "scale": .float(step), "zero": .int(place), "low": .int(zero.type == .int8 ? -128 : 0),
        "high": .int(zero.type == .int8 ? 127 : 255),
      ]
    )
  }
}
