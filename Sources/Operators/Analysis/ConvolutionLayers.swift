package import Graphs

/// A convolution of a network, and what it is as a ``SquareConvolution``.
package struct ConvolutionLayer: Sendable, Hashable {
  /// The node's name.
  package let name: String
  /// What it computes, or why that cannot be said in one number for both axes.
  package let work: Result<SquareConvolution, SquareConvolution.Unfit>
}

extension OperatorSet {
  /// The convolutions of a graph in its internal form, in order, each with the bias and the ReLU that runtimes compute with it.
  ///
  /// A batch norm that folds into a convolution counts as its bias. Transposed, deformable and quantized convolutions are listed too,
  /// with the reason why they are no square ones. Matrix products are none.
  package func convolutions(in graph: Graph, facts: GraphFacts) -> [ConvolutionLayer] {
    let norms = foldableBatchNorms(in: graph)
    let consumers = graph.consumers()
    let returned = Set(graph.outputs.map(\.name))
    return graph.nodes.indices.compactMap { place in
      let node = graph.nodes[place]
      guard Convolution.isNamedSo(node) || self[node]?.weights?.form.isConvolution == true else {
        return nil
      }
      let norm = norms[place].map { graph.nodes[$0] }
      let work = Result(catching: { () throws(SquareConvolution.Unfit) -> SquareConvolution in
        var square = try square(node, in: graph, facts: facts)
        square.hasBias = square.hasBias || norm != nil
        let made = (norm ?? node).outputs.first ?? ""
        if !returned.contains(made), let readers = consumers[made], readers.count == 1 {
          let traits = self[graph.nodes[readers[0]]]?.traits ?? []
          square.rectifies = traits.contains(.rectifies)
        }
        return square
      })
      return ConvolutionLayer(name: node.name, work: work)
    }
  }

  private func square(
    _ node: Node,
    in graph: Graph,
    facts: GraphFacts
  ) throws(SquareConvolution.Unfit) -> SquareConvolution {
    guard let layout = self[node]?.weights, layout.form == .convolution,
      let name = node.input(layout.weight), let input = node.input(0)
    else { throw .op(node.op) }
    guard let weight = graph.constants[name]?.shape else { throw .computedWeight(name) }
    return try SquareConvolution(
      node,
      weight: weight,
      map: facts[input],
      groups: layout.groups(node),
      hasBias: layout.bias.flatMap { node.input($0) } != nil
    )
  }
}

extension WeightLayout.Form {
  fileprivate var isConvolution: Bool { self != .product }
}
