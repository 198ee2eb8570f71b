package import Graphs

extension OperatorSet {
  /// The graph as it is written: in the opset of its file where that can say all of it, and the file version that goes with it.
  ///
  /// Every node takes the form that the opset has, and is checked against ONNX's schemas (``SchemaTable``): inputs,
  /// attributes, element types. Nodes of other domains are carried as they are, and so are operators that no version of
  /// ONNX knows. Constants that nothing reads are left out.
  ///
  /// - Parameters:
  ///   - graph: in the internal form.
  ///   - opset: the opset wanted; nil keeps the file's, or takes the next that suffices. A graph that was built takes the least.
  ///   - facts: what is known of its values; nil finds out.
  /// - Returns: the graph to write.
  /// - Throws: ``OperatorError/at(node:_:)`` naming the node that the opset cannot say.
  package func exported(
    _ graph: Graph,
    opset: Int? = nil,
    facts: GraphFacts? = nil
  ) throws(OperatorError) -> Graph {
    let facts =
      facts ?? (try? GraphFacts(graph, operators: self)) ?? .partial(graph, operators: self)
    let lowering = Lowering(graph, operators: self, facts: facts)
    if let opset {
      do { return finished(try lowering.graph(at: opset), opset) } catch {
        throw lowering.explained(error, asked: opset)
      }
    }
    var first: OperatorError?
    for candidate in Self.candidates(keeping: graph.model.fileOpset) {
      do { return finished(try lowering.graph(at: candidate), candidate) } catch {
        if first == nil { first = error }
      }
    }
    throw first ?? .unsupported("no opset can say the graph")
  }

  /// The opsets to try, the most wanted first: the file's, later ones, earlier ones.
  private static func candidates(keeping file: Int) -> [Int] {
    guard readable.contains(file) else { return Array(readable) }
    return Array(file...readable.upperBound) + (readable.lowerBound..<file).reversed()
  }

  private func finished(_ lowered: Graph, _ opset: Int) -> Graph {
    var result = lowered
    result.model.opset = opset
    result.model.irVersion = max(Self.irVersion(of: opset), Self.irVersion(types: result))
    var read = Set(result.outputs.map(\.name)).union(result.inputs.map(\.name))
    for node in result.nodes {
      read.formUnion(node.inputs)
      read.formUnion(node.captured)
    }
    if !result.constants.names.allSatisfy(read.contains) {
      result.constants.filter { name, _ in read.contains(name) }
    }
    return result
  }

  /// The file version that came with an opset; 4 at least, from which on initialisers need not be inputs.
  private static func irVersion(of opset: Int) -> Int {
    switch opset {
    case ...9: 4
    case 10: 5
    case 11: 6
    case 12...14: 7
    case 15...18: 8
    case 19, 20: 9
    case 21, 22: 10
    case 23: 11
    case 24: 12
    default: 13
    }
  }

  /// The file version that the types of constants, inputs and outputs need.
  private static func irVersion(types graph: Graph) -> Int {
    let types =
      graph.constants.map { $0.1.type } + (graph.inputs + graph.outputs).compactMap(\.type.element)
    return types.reduce(4) { max($0, $1.leastIRVersion) }
  }
}

extension ElementType {
  /// The file version that brought the type.
  fileprivate var leastIRVersion: Int {
    switch self {
    case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz: 9
    case .uint4, .int4: 10
    case .float4e2m1: 11
    case .float8e8m0: 12
    case .uint2, .int2: 13
    default: 4
    }
  }
}
