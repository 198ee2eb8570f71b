import Datasets
import Graphs
import Models
import Operators

extension Model {
  /// The model with weights as before any training.
  ///
  /// Those of layers are drawn evenly by the rule of He and others (2015), scales of norms are 1, biases and offsets 0. Running
  /// statistics stay, since the first batches replace them.
  ///
  /// - Throws: `OperatorError`.
  func drawingWeights(seed: UInt64) throws(OperatorError) -> Model {
    var graph = graph
    let found = TrainableWeights(graph, operators: operators).weights
    for (place, weight) in found.enumerated() {
      guard let constant = graph.constants[weight.name] else { continue }
      var random = SampleRandom(seed: seed, round: 0, sample: place, purpose: 0)
      let values: [Float]
      switch weight.role {
      case .weight:
        let fanIn = max(1, constant.shape.dropFirst().reduce(1, *))
        let limit = (6 / Double(fanIn)).squareRoot()
        values = (0..<constant.count).map { _ in Float(random.uniform(-limit...limit)) }
      case .normScale: values = [Float](repeating: 1, count: constant.count)
      case .bias, .normOffset: values = [Float](repeating: 0, count: constant.count)
      case .slope, .statistic: continue
      }
      graph.constants[weight.name] = Constant(values, shape: constant.shape)
    }
    return try replacing(graph: graph)
  }
}
