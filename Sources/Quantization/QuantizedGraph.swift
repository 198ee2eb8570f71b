package import Graphs
import Operators
import PluginKit

/// A graph with QuantizeLinear and DequantizeLinear put in, by a placement and its scales.
package struct QuantizedGraph {
  private let source: Graph
  private let placement: QuantizationPlacement
  private let scales: QuantizedScales
  private var result: Graph
  private var taken: Set<String>
  /// What readers of a value read in its place.
  private var restored: [String: String] = [:]
  /// Nodes that stand right behind the producer of a value.
  private var pairs: [String: [Node]] = [:]
  /// Nodes that stand right before a layer.
  private var before: [Int: [Node]] = [:]
  /// The restored weight of each weight and scales, so that layers that share one share it still.
  private var weights: [WeightKey: String] = [:]
  /// What the weights lost, by layer.
  private(set) package var weightPower: [String: (signal: Double, noise: Double)] = [:]

  private struct WeightKey: Hashable {
    let name: String
    let scales: [Float]
    let numbers: Constant?
  }

  /// Whether weights are stored as whole numbers, or as the floats that those stand for.
  package enum Weights: Sendable { case whole, restored }

  /// Puts the nodes in.
  ///
  /// - Parameters:
  ///   - graph: the graph of the placement.
  ///   - placement: where.
  ///   - scales: how large the steps are.
  ///   - weights: how weights are stored.
  package init(
    _ graph: Graph,
    placement: QuantizationPlacement,
    scales: QuantizedScales,
    weights: Weights = .whole
  ) {
    source = graph
    self.placement = placement
    self.scales = scales
    result = graph
    taken = Set(graph.nodes.flatMap(\.outputs)).union(graph.constants.names)
      .union(graph.inputs.map(\.name)).union(graph.nodes.map(\.name))
    for activation in placement.activations { add(activation) }
    for layer in placement.layers { add(layer, weights) }
    assemble()
  }

  /// The graph that was made.
  package var graph: Graph { result }

  // MARK: Activations

  private mutating func add(_ activation: QuantizationPlacement.Activation) {
    guard let parameters = scales.activations[activation.name] else { return }
    let encoding = placement.target.activation
    let scale = constant("\(activation.name)/scale", Constant([parameters.scale], shape: []))
    let zero = constant(
      "\(activation.name)/zero_point",
      encoding.isSigned
        ? Constant(type: .int8, shape: [], bytes: Bytes([Int8(parameters.zero)]))
        : Constant(type: .uint8, shape: [], bytes: Bytes([UInt8(parameters.zero)]))
    )
    for value in activation.values {
      let (stored, back) = (fresh("\(value)/quantized"), fresh("\(value)/dequantized"))
      pairs[value] = [
        Operators.Quantization.quantizing(
          value,
          name: fresh("\(value)/QuantizeLinear"),
          scale: scale,
          zero: zero,
          output: stored
        ),
        Operators.Quantization.restoring(
          stored,
          name: fresh("\(value)/DequantizeLinear"),
          scale: scale,
          zero: zero,
          output: back
        ),
      ]
      restored[value] = back
    }
  }

  // MARK: Layers

  private mutating func add(_ layer: QuantizationPlacement.Layer, _ form: Weights) {
    let numbers = scales.numbers[layer.name]
    guard let weight = source.constants[layer.weight], let scales = scales.weights[layer.name]
    else { return }
    let key = WeightKey(name: layer.weight, scales: scales, numbers: numbers)
    let quantized = QuantizedWeight(weight, axis: layer.axis, scales: scales, chosen: numbers)
    weightPower[layer.name] = quantized.power
    if let known = weights[key] {
      result.nodes[layer.node].inputs[1] = known
    } else if form == .restored {
      let name = constant("\(layer.weight)/dequantized", quantized.restored(axis: layer.axis))
      result.nodes[layer.node].inputs[1] = name
      weights[key] = name
    } else {
      let name = dequantized(
        layer.weight,
        quantized.numbers,
        scales: scales,
        axis: layer.axis,
        at: layer.node
      )
      result.nodes[layer.node].inputs[1] = name
      weights[key] = name
    }
    if placement.target.hasWholeBias {
      addBias(layer, scales, form)
    } else if let bias = self.scales.biases[layer.name] {
      let name = constant("\(layer.biasName)/corrected", Constant(bias, shape: [bias.count]))
      setBias(name, of: layer)
    }
  }

  private mutating func setBias(_ name: String, of layer: QuantizationPlacement.Layer) {
    if layer.bias == nil {
      result.nodes[layer.node].inputs = result.nodes[layer.node].inputs.prefix(2) + [name]
    } else {
      result.nodes[layer.node].inputs[2] = name
    }
  }

  /// A bias in steps of the product of the scales, which sums of whole products are counted in.
  private mutating func addBias(
    _ layer: QuantizationPlacement.Layer,
    _ scales: [Float],
    _ form: Weights
  ) {
    let name = layer.biasName
    guard let bias = self.scales.biases[layer.name] ?? source.bias(of: layer),
      let activation = placement.activation(of: layer.input),
      let input = self.scales.activations[activation.name]
    else { return }
    let steps = scales.map { $0 * input.scale }
    var numbers: [Int32] = []
    for (index, value) in bias.enumerated() {
      let exact = Double(value) / Double(steps[steps.count == 1 ? 0 : index])
      let limit = Double(Int32.max)
      numbers.append(Int32(min(max(exact.rounded(.toNearestOrEven), -limit), limit)))
    }
    if form == .restored {
      let values = numbers.enumerated().map { index, number in
        Float(number) * steps[steps.count == 1 ? 0 : index]
      }
      let restored = constant("\(name)/dequantized", Constant(values, shape: [values.count]))
      return setBias(restored, of: layer)
    }
    let restored = dequantized(
      name,
      Constant(type: .int32, shape: [numbers.count], bytes: Bytes(numbers)),
      scales: steps,
      axis: 0,
      at: layer.node
    )
    setBias(restored, of: layer)
  }

  /// The name of a constant restored by a node of its own.
  private mutating func dequantized(
    _ name: String,
    _ numbers: Constant,
    scales: [Float],
    axis: Int,
    at node: Int
  ) -> String {
    let stored = constant("\(name)/quantized", numbers)
    let scale = constant(
      "\(name)/scale",
      Constant(scales, shape: scales.count == 1 ? [] : [scales.count])
    )
    let count = scales.count
    let zeros =
      numbers.type == .int8
      ? Bytes([Int8](repeating: 0, count: count)) : Bytes([Int32](repeating: 0, count: count))
    let zero = constant(
      "\(name)/zero_point",
      Constant(type: numbers.type, shape: count == 1 ? [] : [count], bytes: zeros)
    )
    let output = fresh("\(name)/dequantized")
    before[node, default: []].append(
      Operators.Quantization.restoring(
        stored,
        name: fresh("\(name)/DequantizeLinear"),
        scale: scale,
        zero: zero,
        axis: count == 1 ? nil : axis,
        output: output
      )
    )
    return output
  }

  // MARK: Assembly

  private mutating func assemble() {
    let layers = Set(placement.layers.map(\.node))
    var nodes: [Node] = []
    for input in source.inputs { nodes += pairs[input.name] ?? [] }
    for index in result.nodes.indices {
      var node = result.nodes[index]
      let isLayer = layers.contains(index)
      if isLayer || !placement.target.isForLayersOnly {
        for place in node.inputs.indices where !isLayer || place == 0 {
          if let name = restored[node.inputs[place]] { node.inputs[place] = name }
        }
      }
      nodes += before[index] ?? []
      nodes.append(node)
      for output in node.outputs { nodes += pairs[output] ?? [] }
    }
    result.nodes = nodes
    result.values = [:]
    result.removeConstants(readOnlyBy: source)
  }

  private mutating func constant(_ hint: String, _ value: Constant) -> String {
    let name = fresh(hint)
    result.constants[name] = value
    return name
  }

  private mutating func fresh(_ hint: String) -> String {
    var name = hint
    var number = 1
    while !taken.insert(name).inserted {
      name = "\(hint)_\(number)"
      number += 1
    }
    return name
  }
}
