package import Graphs
import Operators

extension Model {
  /// The input that images go into: the only one, or the only one of batch x 3 x height x width.
  package var calibratedInput: ValueInfo? {
    let inputs = graph.requiredInputs
    guard inputs.count != 1 else { return inputs.first }
    let images = inputs.filter { input in
      guard let sizes = facts[input.name].sizes else { return false }
      return sizes.count == 4 && sizes[1] ?? 3 == 3
    }
    return images.count == 1 ? images.first : nil
  }

  /// What can be computed of the model when only some inputs are given, every node at its place.
  ///
  /// What depends on the others, such as the choice of boxes by a threshold, stays and is not executed, and neither is an operator that
  /// is not known here, such as a runtime's own suppression of boxes: outputs that need them give way to the values that they read.
  ///
  /// - Parameters:
  ///   - names: the inputs that are given.
  ///   - values: what must be computed.
  /// - Returns: the model itself where all of it can be computed.
  /// - Throws: ``ImageInputError`` where one of the values depends on an input that is not given,
  ///   `OperatorError.unknownOperator` where it depends on an operator that is not known.
  package func part(given names: Set<String>, computing values: Set<String>) throws -> Model {
    let absent = graph.requiredInputs.filter { !names.contains($0.name) }
    let foreign = graph.nodes.filter { operators[$0]?.kernel == nil }
    guard !absent.isEmpty || !foreign.isEmpty else { return self }
    var unknown = Set(absent.map(\.name))
    var edge: [String] = []
    for node in graph.nodes {
      let reads = (node.inputs + node.captured.sorted()).filter { !$0.isEmpty }
      guard operators[node]?.kernel == nil || reads.contains(where: unknown.contains) else {
        continue
      }
      unknown.formUnion(node.outputs)
      edge += reads
    }
    guard values.isDisjoint(with: unknown) else {
      if absent.isEmpty, let node = foreign.first {
        throw OperatorError.at(
          node: node.label,
          .unknownOperator(node.op, domain: node.domain)
        )
      }
      throw ImageInputError(inputs: graph.requiredInputs.map(\.name))
    }
    var graph = graph
    for input in absent {
      let type = input.type.element ?? .float32
      let shape = (facts[input.name].sizes ?? []).map { $0 ?? 1 }
      let count = type.byteCount(of: shape.reduce(1, *)) ?? 0
      let zeros = Bytes([UInt8](repeating: 0, count: count))
      graph.constants[input.name] = Constant(type: type, shape: shape, bytes: zeros)
    }
    var outputs = graph.outputs.filter { !unknown.contains($0.name) }
    let made = graph.producers()
    for name in edge where made[name] != nil && !unknown.contains(name) {
      guard !outputs.contains(where: { $0.name == name }) else { continue }
      outputs.append(ValueInfo(name, facts[name].element ?? .float32))
    }
    graph.outputs = outputs
    return try replacing(graph: graph)
  }
}
