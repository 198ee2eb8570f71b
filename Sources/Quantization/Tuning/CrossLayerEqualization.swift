package import Graphs
package import Operators

/// Evens out the ranges of channels between layers, so that one scale suits them all (Nagel and others 2019, section 4.1).
///
/// A channel that one layer makes and the next reads is made s times smaller by the one and is taken s times larger by
/// the other. With s = √(r₁ / r₂), r being the greatest magnitude of the channel's weights, both come to √(r₁ · r₂). What the
/// network computes stays the same where only functions stand between that commute with a positive factor.
package struct CrossLayerEqualization: Sendable {
  /// Two layers of which the first makes what only the second reads.
  package struct Pair: Sendable, Hashable {
    package let first: QuantizationPlacement.Layer
    package let second: QuantizationPlacement.Layer
  }

  /// In the order of the first layers.
  package let pairs: [Pair]

  /// Finds the pairs of a placement's layers.
  ///
  /// A weight or bias that something else reads too keeps its layers out; so does a clipping function between them, which
  /// does not commute with a factor.
  package init(_ graph: Graph, operators: OperatorSet, placement: QuantizationPlacement) {
    let consumers = graph.consumers()
    let returned = Set(graph.outputs.map(\.name))
    let layers = Dictionary(uniqueKeysWithValues: placement.layers.map { ($0.node, $0) })
    func onlyReader(_ value: String) -> Int? {
      guard !returned.contains(value), let readers = consumers[value], readers.count == 1 else {
        return nil
      }
      return readers[0]
    }
    func isFree(_ layer: QuantizationPlacement.Layer) -> Bool {
      let node = graph.nodes[layer.node]
      return ([layer.weight] + (node.input(2).map { [$0] } ?? [])).allSatisfy {
        consumers[$0]?.count == 1
      } && node.input(2) == layer.bias
    }
    pairs = placement.layers.compactMap { first in
      guard isFree(first), var reader = onlyReader(first.output) else { return nil }
      var value = first.output
      let node = graph.nodes[reader]
      if operators[node]?.traits.contains(.homogeneous) == true, node.input(0) == value,
        let output = node.output(0), let next = onlyReader(output)
      {
        (value, reader) = (output, next)
      }
      guard let second = layers[reader], second.input == value, isFree(second),
        first.weight != second.weight,
        (first.layout.form == .product) == (second.layout.form == .product),
        let weight = graph.constants[second.weight],
        InputChannels(graph.nodes[reader], second.layout, shape: weight.shape).count
          == first.channels
      else { return nil }
      return Pair(first: first, second: second)
    }
  }

  /// The graph with weights and biases scaled, until no channel moves by more than a thousandth any more.
  ///
  /// No bias becomes greater than the greatest of its layer, so that a channel of tiny weights does not widen the values.
  ///
  /// - Parameters:
  ///   - graph: the graph that the pairs were found in.
  ///   - passes: how often all pairs are visited, at most.
  /// - Returns: the graph; its nodes are the same.
  package func applied(to graph: Graph, passes: Int = 40) -> Graph {
    var graph = graph
    for _ in 0..<passes {
      var moved: Float = 0
      for pair in pairs { moved = max(moved, Self.equalize(pair, in: &graph)) }
      if moved < 1e-3 { break }
    }
    return graph
  }

  /// Scales one pair; returns how far a factor was from 1, at most.
  private static func equalize(_ pair: Pair, in graph: inout Graph) -> Float {
    let (first, second) = (pair.first, pair.second)
    guard let made = graph.constants[first.weight], var rows = made.floats,
      let read = graph.constants[second.weight], var columns = read.floats
    else { return 0 }
    let inner = made.shape[(first.axis + 1)...].reduce(1, *)
    let inputs = InputChannels(graph.nodes[second.node], second.layout, shape: read.shape)
    var before = [Float](repeating: 0, count: first.channels)
    var after = before
    for index in rows.indices {
      let channel = index / inner % first.channels
      before[channel] = max(before[channel], abs(rows[index]))
    }
    for index in columns.indices {
      let channel = inputs.channel(of: index)
      after[channel] = max(after[channel], abs(columns[index]))
    }
    var bias = graph.bias(of: first)
    let factors = factors(before, after, bias: bias)
    for index in rows.indices { rows[index] /= factors[index / inner % first.channels] }
    for index in columns.indices { columns[index] *= factors[inputs.channel(of: index)] }
    graph.constants[first.weight] = Constant(rows, shape: made.shape)
    graph.constants[second.weight] = Constant(columns, shape: read.shape)
    if let name = first.bias, bias != nil {
      for channel in factors.indices { bias?[channel] /= factors[channel] }
      graph.constants[name] = bias.map { Constant($0, shape: [$0.count]) }
    }
    return factors.reduce(0) { max($0, abs($1 - 1)) }
  }

  /// For each channel √(before / after), 1 where one of them is 0.
  private static func factors(_ before: [Float], _ after: [Float], bias: [Float]?) -> [Float] {
    let limit = bias?.reduce(0) { max($0, abs($1)) } ?? 0
    return before.indices.map { channel in
      guard before[channel] > 0, after[channel] > 0 else { return 1 }
      let factor = (before[channel] / after[channel]).squareRoot()
      guard factor.isFinite, factor > 0 else { return 1 }
      guard let bias, limit > 0 else { return factor }
      // A factor below 1 widens the bias.
      return factor < 1 ? max(factor, abs(bias[channel]) / limit) : factor
    }
  }
}

/// Which channel of what a layer reads each element of its weight is multiplied by.
private struct InputChannels {
  package let count: Int
  private let inner: Int
  private let size: Int
  /// Elements of one group's filters, and channels of a group, where there are several.
  private let group: (elements: Int, channels: Int)

  init(_ node: Node, _ layout: WeightLayout, shape: [Int]) {
    let (axis, groups) = (layout.inputAxis(node), layout.groups(node))
    inner = shape[(axis + 1)...].reduce(1, *)
    size = shape[axis]
    count = size * groups
    group = (max(1, shape.reduce(1, *) / groups), size)
  }

  func channel(of element: Int) -> Int {
    element / group.elements * group.channels + element / inner % size
  }
}
