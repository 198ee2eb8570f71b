import Graphs

/// The nodes around a convolution between whole numbers, and where their inputs stand.
struct QuantizedChain {
  /// A tensor of whole numbers with its scale and zero point, as places in `reads`.
  struct Numbers {
    var values: Int
    var scale: Int
    var zero: Int?
  }

  /// The nodes' own steps in order; the last one makes the output.
  var steps: [Step]
  /// Slots read from outside the chain.
  var reads: [Int] = []
  /// The nodes that nobody else needs: the convolution, and what follows it.
  var own: [Int]
  var image: Numbers
  var weight: Numbers
  /// Whole numbers, or floats by themselves.
  var bias: Numbers?
  var floatBias: Int?
  var activation: FusedActivation?
  /// The activation's bounds, where they are inputs.
  var bounds: [Int?] = [nil, nil]
  /// Scale and zero point of the result; nil where it stays float.
  var result: (scale: Int, zero: Int)?

  /// The places of what packing reads.
  var constants: [Int] {
    reads.indices.filter { $0 != image.values }
  }

  mutating func read(_ slot: Int) -> Int {
    reads.append(slot)
    return reads.count - 1
  }
}

extension Fusion {
  /// The convolution at a node whose image and weight are restored from 8 bits; its result is quantized, or not.
  func quantizedConvolution(at index: Int) -> Step? {
    let read = layout.reads[index]
    guard narrow == nil, isConvolution(index), let image = restored(read[0]),
      let weight = restored(read[1]), isScalar(image.scale), isScalar(image.zero),
      let numbers = constant(weight.values), numbers.type == .int8, numbers.shape.count == 4,
      isAbsentOrZero(weight.zero), scales(weight, filters: numbers.shape[0])
    else { return nil }
    let nothing = QuantizedChain.Numbers(values: 0, scale: 0)
    var chain = QuantizedChain(
      steps: [image.node, weight.node].map { layout.plainStep($0, operators) },
      own: [index],
      image: nothing,
      weight: nothing
    )
    chain.image = chain.numbers(image)
    chain.weight = chain.numbers(weight)
    if read.count > 2, read[2] >= 0 {
      guard take(bias: read[2], filters: numbers.shape[0], into: &chain) else { return nil }
    }
    chain.steps.append(layout.plainStep(index, operators))
    takeActivation(into: &chain)
    takeQuantizing(into: &chain)
    guard let output = chain.steps.last?.makes.first,
      let step = try? QuantizedConvolution(
        chain,
        of: layout.graph,
        at: index,
        kernel: Array(numbers.shape[2...])
      )
    else { return nil }
    return Step(nodes: chain.own, reads: chain.reads, makes: [output], action: .fused(step))
  }

  /// A DequantizeLinear by constant scales, by its slots.
  fileprivate struct Restored {
    var node, values, scale: Int
    var zero: Int?
    var axis: Int
  }

  private func restored(_ slot: Int) -> Restored? {
    guard slot >= 0, layout.producers[slot] >= 0 else { return nil }
    let index = layout.producers[slot]
    let (node, read) = (layout.graph.nodes[index], layout.reads[index])
    guard isMade(index), Quantization.restores(node), node.int("block_size", default: 0) == 0,
      node.int("output_dtype", default: 0) == 0, constant(read[1])?.type == .float32
    else { return nil }
    let zero = read.count > 2 && read[2] >= 0 ? read[2] : nil
    return Restored(
      node: index,
      values: read[0],
      scale: read[1],
      zero: zero,
      axis: node.int("axis", default: 1)
    )
  }

  private func isScalar(_ slot: Int?) -> Bool { slot.flatMap { constant($0) }?.count == 1 }

  private func isAbsentOrZero(_ slot: Int?) -> Bool {
    guard let slot else { return true }
    return constant(slot)?.integers?.allSatisfy { $0 == 0 } == true
  }

  /// Whether there is one scale, or one a filter.
  private func scales(_ numbers: Restored, filters: Int) -> Bool {
    isScalar(numbers.scale) || numbers.axis == 0 && constant(numbers.scale)?.shape == [filters]
  }

  private func take(bias slot: Int, filters: Int, into chain: inout QuantizedChain) -> Bool {
    if let floats = constant(slot) {
      chain.floatBias = chain.read(slot)
      return floats.type == .float32 && floats.shape == [filters]
    }
    guard let bias = restored(slot), let numbers = constant(bias.values), numbers.type == .int32,
      numbers.shape == [filters], isAbsentOrZero(bias.zero), scales(bias, filters: filters)
    else { return false }
    chain.steps.append(layout.plainStep(bias.node, operators))
    chain.bias = chain.numbers(bias)
    return true
  }

  private func takeActivation(into chain: inout QuantizedChain) {
    guard let output = chain.steps.last?.makes.first, let next = onlyReader(of: output),
      layout.reads[next][0] == output, let found = activation(at: next),
      ["relu", "hardtanh"].contains(found.name)
    else { return }
    var changed = chain
    if found.takesBounds {
      for (place, slot) in layout.reads[next].dropFirst().prefix(2).enumerated() where slot >= 0 {
        guard isScalar(slot) else { return }
        changed.bounds[place] = changed.read(slot)
      }
    }
    changed.activation = found
    changed.take(next, layout.plainStep(next, operators))
    chain = changed
  }

  private func takeQuantizing(into chain: inout QuantizedChain) {
    guard let output = chain.steps.last?.makes.first, let next = onlyReader(of: output),
      isMade(next), Quantization.quantizes(layout.graph.nodes[next]), layout.reads[next].count == 3,
      layout.reads[next][0] == output, isScalar(layout.reads[next][1]),
      constant(layout.reads[next][1])?.type == .float32, isScalar(layout.reads[next][2]),
      constant(layout.reads[next][2])?.type == .uint8
    else { return }
    chain.result = (chain.read(layout.reads[next][1]), chain.read(layout.reads[next][2]))
    chain.take(next, layout.plainStep(next, operators))
  }
}

extension QuantizedChain {
  fileprivate mutating func numbers(_ restored: Fusion.Restored) -> Numbers {
    Numbers(
      values: read(restored.values),
      scale: read(restored.scale),
      zero: restored.zero.map { read($0) }
    )
  }

  fileprivate mutating func take(_ node: Int, _ step: Step) {
    own.append(node)
    steps.append(step)
  }
}
