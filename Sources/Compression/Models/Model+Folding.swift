import Graphs
import Operators

extension Model {
  /// The model with inputs that have a default fixed to it, as older files list every weight.
  package func fixingDefaults() throws -> Model {
    guard graph.requiredInputs.count < graph.inputs.count else { return self }
    var graph = graph
    graph.inputs = graph.requiredInputs
    return try Model(name, graph, sizes: facts.sizes, operators: operators)
  }

  /// The model with batch norms folded into convolutions.
  package func foldingBatchNorms() throws -> Model {
    try Model(
      name,
      try operators.foldingBatchNorms(graph),
      sizes: facts.sizes,
      operators: operators
    )
  }
}
