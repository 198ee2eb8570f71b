import Graphs
import Models
import Operators

/// A layer behind a cut, in both networks: what it reads has changed, so that other weights suit it better.
struct RepairedLayer {
  /// What takes up a change of the layer's mean result.
  enum Shift: Hashable {
    /// The layer's own bias, a constant.
    case bias(String)
    /// A bias that the layer gets.
    case newBias(String, input: Int)
    /// The mean that a batch norm behind the layer subtracts.
    case subtractedMean(String)
  }

  /// The node's name, in both networks.
  let name: String
  let weight: String
  /// What the layer reads after the cut.
  let input: String
  /// What the layer makes before the cut.
  let result: String
  /// The channels of that result that are left.
  let kept: [Int]
  /// The layer after the cut.
  let product: LayerProduct
  /// Nil where the layer's mean result cannot be moved.
  let shift: Shift?
  /// The node's place before the cut and after it.
  let places: (before: Int, after: Int)
}

extension RepairedLayer {
  /// The layers whose input a cut has changed, in the order of execution.
  ///
  /// - Parameters:
  ///   - before: the network before the cut.
  ///   - after: the same after it, with nodes of the same names.
  ///   - kept: by weight, the places of its axes that a cut has left.
  ///   - operators: give the layout of weights.
  ///   - addsBiases: whether a layer may get a bias.
  /// - Returns: the layers.
  static func all(
    before: Graph,
    after: Graph,
    kept: [String: [Int: [Int]]],
    operators: OperatorSet,
    addsBiases: Bool
  ) -> [RepairedLayer] {
    let places = Dictionary(
      before.nodes.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first }
    )
    let readers = after.consumers()
    let returned = Set(after.outputs.map(\.name)).union(after.inputs.map(\.name))
    var changed: Set<String> = []
    var layers: [RepairedLayer] = []
    for (index, node) in after.nodes.enumerated() {
      let old = places[node.name].map { before.nodes[$0] }
      let readsChanged = node.inputs.enumerated().contains { place, name in
        if changed.contains(name) { return true }
        guard let constant = after.constants[name] else { return false }
        return old?.input(place).flatMap { before.constants[$0] } != constant
      }
      if readsChanged || !changed.isDisjoint(with: node.captured) || old == nil {
        changed.formUnion(node.outputs)
      }
      guard let old, let place = places[node.name], old.op == node.op,
        let layout = operators[node]?.weights, let input = node.input(0), changed.contains(input),
        let weight = node.input(1), let constant = after.constants[weight],
        constant.type == .float32, readers[weight]?.count == 1, !returned.contains(weight),
        let product = LayerProduct(node, layout, weight: constant.shape),
        let axis = layout.outputAxis(node, rank: constant.shape.count),
        let made = node.output(0), let result = old.output(0),
        let oldWeight = old.input(1).flatMap({ before.constants[$0] })
      else { continue }
      let left = kept[weight]?[axis] ?? Array(0..<oldWeight.shape[axis])
      guard left.count == product.channels else { continue }
      layers.append(
        RepairedLayer(
          name: node.name,
          weight: weight,
          input: input,
          result: result,
          kept: left,
          product: product,
          shift: shift(
            node,
            layout,
            channels: product.channels,
            after,
            reader: returned.contains(made) || readers[made]?.count != 1
              ? nil : readers[made].map { after.nodes[$0[0]] },
            isOwn: { readers[$0]?.count == 1 && !returned.contains($0) },
            addsBiases: addsBiases
          ),
          places: (place, index)
        )
      )
    }
    return layers
  }

  private static func shift(
    _ node: Node,
    _ layout: WeightLayout,
    channels: Int,
    _ graph: Graph,
    reader: Node?,
    isOwn: (String) -> Bool,
    addsBiases: Bool
  ) -> Shift? {
    func isMovable(_ name: String) -> Bool {
      guard let constant = graph.constants[name] else { return false }
      return constant.type == .float32 && constant.count == channels && isOwn(name)
    }
    if let mean = reader.flatMap(Normalization.mean), isMovable(mean),
      node.input(layout.bias ?? 2) == nil
    {
      return .subtractedMean(mean)
    }
    guard let place = layout.bias, layout.biasFactor(node) == 1 else { return nil }
    guard let bias = node.input(place) else {
      return addsBiases ? .newBias("\(node.name)/bias", input: place) : nil
    }
    return isMovable(bias) ? .bias(bias) : nil
  }
}
