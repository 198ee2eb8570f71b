import Graphs
package import Operators
import Tensors

extension Model {
  /// The model as it is computed here: what can be executed of it, in float32 where the file is float16.
  ///
  /// Constants keep their names, so that ``bringingBack(to:)`` can put what was learned into the file's own graph. The model itself where nothing is to do.
  package func computed() throws -> Model {
    guard isComputedOtherwise else { return self }
    return try part(given: Set(graph.requiredInputs.map(\.name)), computing: []).widened()
  }

  /// Whether ``computed()`` is another model than this one.
  package var isComputedOtherwise: Bool {
    operators.widens(graph) || graph.nodes.contains { operators[$0]?.kernel == nil }
  }

  /// The model in float32 where the file is float16.
  package func widened() throws(OperatorError) -> Model {
    guard let wide = operators.widened(graph) else { return self }
    return try replacing(graph: wide)
  }

  /// The model that this one was made of by ``computed()``, with this one's weights and metadata.
  package func bringingBack(to original: Model) throws -> Model {
    try original.replacing(graph: original.takingWeights(of: graph))
  }

  /// This model's graph with the weights and the metadata of another that ``computed()`` made of it, in this one's types.
  private func takingWeights(of other: Graph) throws -> Graph {
    var result = graph
    result.model.metadata = other.model.metadata
    for (name, old) in graph.constants {
      guard let new = other.constants[name], new != old else { continue }
      result.constants[name] = old.type == .float16 ? try new.narrowed() : new
    }
    return result
  }
}

extension Constant {
  /// Rounded to float16.
  fileprivate func narrowed() throws -> Constant {
    type == .float32 ? try tensor().converted(to: .float16).constant() : self
  }
}
