import Graphs
import Operators

extension Model {
  /// The model with inputs that have a default fixed to it, as older files list every weight.
  package func fixingDefaults() throws -> Model {
    guard graph.requiredInputs.count < graph.inputs.count else { return self }
    var graph = graph
    graph.inputs = graph.requiredInputs
    return try replacing(graph: graph)
  }

  /// The model with batch norms folded into convolutions.
  package func foldingBatchNorms() throws -> Model {
    try replacing(graph: operators.foldingBatchNorms(graph))
  }
}

extension Model {
  /// The model with weights that are computed from constants alone turned into constants.
  ///
  /// Exporters put Cast, Identity, Transpose, Reshape or arithmetic between a stored weight and the layer that reads it. What
  /// quantization made (DequantizeLinear) stays, and so does what the runtime cannot compute here. A weight that a single constant
  /// is turned into keeps its name.
  package func foldingWeights() throws(ModelFailure) -> Model {
    let chains = WeightChains(graph, operators: operators)
    guard !chains.ends.isEmpty else { return self }
    let folded: Graph
    do { folded = try chains.folded() } catch { return self }
    do {
      return try replacing(graph: folded)
    } catch { throw .unanalysable(name, error) }
  }
}
