package import Graphs
package import Operators
import PluginKit

/// Which tensors of a graph are quantized for a target, which share a scale, and what stays float and why.
package struct QuantizationPlacement: Sendable {
  /// A layer whose weight is quantized.
  package struct Layer: Sendable, Hashable {
    /// The node's place in the graph.
    package let node: Int
    package let name: String
    package let op: String
    package let layout: WeightLayout
    package let weight: String
    /// The weight's axis of output channels.
    package let axis: Int
    package let channels: Int
    package let isPerChannel: Bool
    package let bias: String?
    /// The value that the weight is multiplied by.
    package let input: String
    package let output: String

    /// The bias's name, or the one that it would have.
    var biasName: String { bias ?? "\(name)/bias" }
  }

  /// Values with one scale between them.
  package struct Activation: Sendable, Hashable {
    /// The first of the values.
    package let name: String
    package let values: [String]
    /// The values that the range is taken from; the others hold no others.
    package let sources: [String]
  }

  /// A layer that stays as it is.
  package struct FloatLayer: Sendable, Hashable {
    package let name: String
    package let op: String
    package let reason: String
  }

  package let target: QuantizationTarget
  package let layers: [Layer]
  package let activations: [Activation]
  package let floats: [FloatLayer]
  package let tail: DecodeTail

  /// Places scales.
  ///
  /// - Parameters:
  ///   - graph: in its internal form.
  ///   - operators: give the rules of nodes.
  ///   - target: what they are placed for.
  ///   - reason: why a node must stay float; nil where it need not.
  package init(
    _ graph: Graph,
    operators: OperatorSet,
    target: QuantizationTarget,
    leavingFloat reason: (Node) -> String? = { _ in nil }
  ) {
    var search = PlacementSearch(graph, operators: operators, target: target)
    search.run(leavingFloat: reason)
    self.target = target
    layers = search.layers
    activations = search.activations()
    floats = search.floats
    tail = search.tail
  }

  /// The activation that a value belongs to.
  package func activation(of value: String) -> Activation? {
    activations.first { $0.values.contains(value) }
  }
}
