import Architectures
package import Graphs
import ModelFormats
package import Operators

/// A model that a step works on: its graph in the internal form, analysed at stated input sizes.
package struct Model: Sendable {
  /// How reports name it: the file's path, or the architecture's name.
  package let name: String
  /// The graph, in the internal form, its nodes named.
  package let graph: Graph
  /// What is known of every value.
  package let facts: GraphFacts
  /// What every node costs.
  package let cost: GraphCost
  package let operators: OperatorSet

  /// Analyses a graph.
  ///
  /// - Throws: ``OperatorError`` naming the node that cannot be upgraded or analysed.
  package init(
    _ name: String,
    _ graph: Graph,
    sizes: InputSizes = .standard,
    operators: OperatorSet = .standard
  ) throws(OperatorError) {
    self.name = name
    self.operators = operators
    self.graph = try operators.normalized(graph)
    facts = try GraphFacts(self.graph, operators: operators, sizes: sizes)
    cost = GraphCost(self.graph, facts: facts, operators: operators)
  }

  /// The model with another graph: of the same name, analysed at the same sizes by the same operators.
  ///
  /// - Throws: ``OperatorError`` naming the node that cannot be upgraded or analysed.
  package func replacing(graph: Graph) throws(OperatorError) -> Model {
    try Model(name, graph, sizes: facts.sizes, operators: operators)
  }

  /// The input sizes that the analysis holds for, by input.
  package var inputSizes: [(name: String, sizes: [Int?]?)] {
    graph.requiredInputs.map { ($0.name, facts[$0.name].sizes) }
  }
}

extension Model {
  /// Reads an ONNX file; weights stay in the file until they are touched.
  ///
  /// - Throws: ``ModelFailure`` with the file's name.
  package static func read(_ path: String, inputSize: [Int]? = nil) throws(ModelFailure) -> Model {
    var graph: Graph
    do { graph = try ONNX.read(path) } catch {
      if let foreign = ForeignModel.recognized(at: path) { throw .foreign(path, foreign) }
      throw .unreadable(error)
    }
    graph.model.fileOpset = graph.model.opset
    return try analysed(path, graph, inputSize: inputSize).foldingWeights()
  }

  /// Builds one of our networks with seeded weights.
  ///
  /// - Throws: ``ModelFailure``.
  package static func built(
    _ name: String,
    classes: Int,
    form: NetworkForm = NetworkForm(),
    inputSize: [Int]? = nil,
    seed: UInt64 = 0
  ) throws(ModelFailure) -> Model {
    let graph = try Zoo.graph(
      name,
      classes: classes,
      form: form,
      inputSize: inputSize,
      seed: seed
    )
    return try analysed(name, graph, inputSize: inputSize)
  }

  /// Analyses a graph at sizes that stand for what its first input leaves open.
  package static func analysed(
    _ name: String,
    _ graph: Graph,
    inputSize: [Int]?
  ) throws(ModelFailure) -> Model {
    let graph = graph.sorted()
    do {
      try graph.verify()
    } catch { throw .invalid(name, error) }
    do {
      return try Model(name, graph, sizes: .of(inputSize, for: graph))
    } catch { throw .unanalysable(name, error) }
  }
}

extension InputSizes {
  /// The sizes that a user states: images where there are four, else those of the first input.
  package static func of(_ stated: [Int]?, for graph: Graph) -> InputSizes {
    guard let stated else { return .standard }
    let first = graph.requiredInputs.first
    if stated.count == 4, first?.type.shape?.rank ?? 4 == 4 { return InputSizes(image: stated) }
    return InputSizes(inputs: first.map { [$0.name: stated] } ?? [:])
  }
}
