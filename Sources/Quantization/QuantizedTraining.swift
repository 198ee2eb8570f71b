import Graphs
import Operators
import PluginKit

/// A graph that rounds while it trains, and what its states say after that.
struct QuantizedTraining {
  /// The graph to train: of each tensor quantized, what its whole numbers stand for is read.
  let graph: Graph
  private let source: Graph
  private let placement: QuantizationPlacement
  private let training: QuantizationPlan.Training
  private let start: QuantizedScales
  /// For each activation, the constants of its states, one a source.
  private let states: [String: [String]]

  /// Puts rounding in.
  ///
  /// - Parameters:
  ///   - source: the graph of the placement.
  ///   - placement: where values are rounded.
  ///   - scales: what ranges start from.
  ///   - training: how they move.
  init(
    _ source: Graph,
    placement: QuantizationPlacement,
    scales: QuantizedScales,
    training: QuantizationPlan.Training
  ) {
    self.source = source
    self.placement = placement
    self.training = training
    start = scales
    var graph = source
    var states: [String: [String]] = [:]
    var rounding: [String: Node] = [:]
    for activation in placement.activations {
      guard let parameters = scales.activations[activation.name] else { continue }
      let sources = training.isLearned ? [activation.name] : activation.sources
      states[activation.name] = sources.map { "\($0)/state" }
      for name in sources {
        graph.constants["\(name)/state"] = training.state(
          parameters,
          levels: placement.target.activation.levels
        )
      }
      for value in activation.values {
        rounding[value] = Node(
          FakeQuantization.activation,
          name: "\(value)/FakeQuantize",
          domain: FakeQuantization.domain,
          inputs: [value] + (states[activation.name] ?? []),
          outputs: ["\(value)/rounded"],
          attributes: training.attributes(
            placement.target.activation,
            zero: parameters.zero,
            own: sources.firstIndex(of: value)
          )
        )
      }
    }
    graph.nodes = Self.nodes(source, placement, rounding)
    graph.values = [:]
    self.states = states
    self.graph = graph
  }

  private static func nodes(
    _ source: Graph,
    _ placement: QuantizationPlacement,
    _ rounding: [String: Node]
  ) -> [Node] {
    let layers = Dictionary(uniqueKeysWithValues: placement.layers.map { ($0.node, $0) })
    var nodes: [Node] = source.inputs.compactMap { rounding[$0.name] }
    for (index, node) in source.nodes.enumerated() {
      var node = node
      let layer = layers[index]
      if layer != nil || !placement.target.isForLayersOnly {
        for place in node.inputs.indices where layer == nil || place == 0 {
          if let found = rounding[node.inputs[place]] { node.inputs[place] = found.outputs[0] }
        }
      }
      if let layer {
        node.inputs[1] = "\(layer.name)/weight"
        nodes.append(
          Node(
            FakeQuantization.weight,
            name: "\(layer.name)/FakeQuantizeWeight",
            domain: FakeQuantization.domain,
            inputs: [layer.weight],
            outputs: [node.inputs[1]],
            attributes: layer.isPerChannel ? ["axis": .int(layer.axis)] : [:]
          )
        )
      }
      nodes.append(node)
      nodes += node.outputs.compactMap { rounding[$0] }
    }
    return nodes
  }

  /// The float graph with the trained weights, and the scales that the states have come to.
  func finished(_ trained: Graph) -> (graph: Graph, scales: QuantizedScales) {
    var graph = source
    for name in source.constants.names {
      if let constant = trained.constants[name] { graph.constants[name] = constant }
    }
    var scales = QuantizedScales()
    let encoding = placement.target.activation
    for activation in placement.activations {
      let ends = (states[activation.name] ?? []).compactMap { trained.constants[$0]?.floats }
      guard let first = ends.first, let old = start.activations[activation.name] else { continue }
      if training.isLearned {
        scales.activations[activation.name] = QuantizationParameters(
          scale: max(abs(first[0]), .leastNormalMagnitude),
          zero: old.zero
        )
        continue
      }
      let ranges = ends.map(training.range)
      scales.activations[activation.name] = encoding.parameters(
        covering: QuantizationRange(
          low: ranges.map(\.low).min() ?? 0,
          high: ranges.map(\.high).max() ?? 0
        )
      )
    }
    for layer in placement.layers {
      guard let weight = graph.constants[layer.weight] else { continue }
      let peaks = QuantizedWeight.peaks(
        of: weight,
        axis: layer.axis,
        perChannel: layer.isPerChannel
      )
      scales.weights[layer.name] = peaks.map {
        QuantizationEncoding.symmetricInt8.parameters(covering: .init(magnitude: $0)).scale
      }
    }
    return (graph, scales)
  }
}

extension QuantizationPlan.Training {
  var isLearned: Bool { if case .learned = self { true } else { false } }

  /// What a state starts as.
  fileprivate func state(
    _ parameters: QuantizationParameters,
    levels: ClosedRange<Int>
  ) -> Constant {
    let ends = [parameters.value(levels.lowerBound), parameters.value(levels.upperBound)]
    switch self {
    case .movingAverage: return Constant([1] + ends, shape: [3])
    case .range(let window):
      // One batch was seen, as it were: what calibration found.
      let rest = [Float](repeating: 0, count: 2 * (window - 1))
      return Constant([1, 0] + ends + rest, shape: [window + 1, 2])
    case .batch: return Constant(ends, shape: [2])
    case .learned: return Constant([parameters.scale], shape: [1])
    }
  }

  /// The range that a state stands for.
  fileprivate func range(_ state: [Float]) -> QuantizationRange {
    switch self {
    case .movingAverage:
      return QuantizationRange(low: Double(state[1] / state[0]), high: Double(state[2] / state[0]))
    case .range:
      let lows = stride(from: 2, to: state.count, by: 2).map { Double(state[$0]) }
      let highs = stride(from: 3, to: state.count, by: 2).map { Double(state[$0]) }
      return QuantizationRange(low: lows.min() ?? 0, high: highs.max() ?? 0)
    case .batch, .learned:
      return QuantizationRange(low: Double(state[0]), high: Double(state[1]))
    }
  }

  fileprivate func attributes(
    _ encoding: QuantizationEncoding,
    zero: Int,
    own: Int?
  ) -> NamedTable<Attribute> {
    var attributes: NamedTable<Attribute> = [
      "low": .int(encoding.levels.lowerBound), "high": .int(encoding.levels.upperBound),
      "symmetric": .int(encoding.isSymmetric && encoding.isSigned ? 1 : 0), "zero": .int(zero),
      "own": .int(own ?? -1),
    ]
    let following: FakeQuantization.Following
    switch self {
    case .movingAverage(let rate):
      following = .movingAverage
      attributes["rate"] = .float(Float(rate))
    case .range: following = .range
    case .batch: following = .batch
    case .learned: following = .learned
    }
    attributes["following"] = .int(following.rawValue)
    return attributes
  }
}
