import Graphs
import Models
import Operators
import Tensors

extension RepairedLayer {
  /// The layer's bias as a row a group: zeros where it has none of its own.
  func bias(in graph: Graph) throws -> Tensor {
    let shape = [product.groups, 1, product.channels / product.groups]
    guard let name = biasName, let values = graph.constants[name]?.floats else {
      return try Tensor([Float](repeating: 0, count: product.channels), shape: shape)
    }
    return try Tensor(values, shape: shape)
  }

  /// The constants that carry fitted weights.
  func constants(_ fit: LayerRepair, in graph: Graph) throws -> [(String, Constant)] {
    let weight = try product.weight(fit.weight).moved(to: .cpu).constant()
    guard let shift, let bias = try fit.bias?.moved(to: .cpu).floats() else {
      return [(self.weight, weight)]
    }
    switch shift {
    case .bias(let name), .newBias(let name, _):
      let shape = graph.constants[name]?.shape ?? [bias.count]
      return [(self.weight, weight), (name, Constant(bias, shape: shape))]
    case .subtractedMean(let name):
      let mean = graph.constants[name]?.floats ?? []
      let moved = zip(mean, bias).map { $0 - $1 }
      return [(self.weight, weight), (name, Constant(moved, shape: [moved.count]))]
    }
  }

  /// The bias that the layer has, or gets; nil where a norm behind it takes it.
  private var biasName: String? {
    switch shift {
    case .bias(let name), .newBias(let name, _): name
    case .subtractedMean, nil: nil
    }
  }
}

extension Graph {
  /// The graph with a bias of zeros for each layer that is to get one.
  func addingBiases(of layers: [RepairedLayer]) -> Graph {
    var graph = self
    for layer in layers {
      guard case .newBias(let name, let input) = layer.shift else { continue }
      let count = layer.product.channels
      graph.constants[name] = Constant([Float](repeating: 0, count: count), shape: [count])
      while graph.nodes[layer.places.after].inputs.count <= input {
        graph.nodes[layer.places.after].inputs.append("")
      }
      graph.nodes[layer.places.after].inputs[input] = name
    }
    return graph
  }

  /// The graph without biases that were added and not used, its nodes otherwise those of `original`.
  func droppingZeroBiases(of layers: [RepairedLayer], in original: Graph) -> Graph {
    var graph = self
    for layer in layers {
      guard case .newBias(let name, _) = layer.shift,
        graph.constants[name]?.floats?.allSatisfy({ $0 == 0 }) == true
      else { continue }
      graph.constants[name] = nil
      graph.nodes[layer.places.after] = original.nodes[layer.places.after]
    }
    return graph
  }
}
