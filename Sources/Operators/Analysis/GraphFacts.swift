package import Graphs

/// What analysis knows of every value of a graph, at stated input sizes.
///
/// Small whole-number tensors that come from shapes and constants are evaluated, so that a chain such as
/// Shape, Gather, Concat, Reshape gives the sizes it stands for.
package struct GraphFacts: Sendable {
  /// The sizes that the facts hold for.
  package let sizes: InputSizes
  private var table: [String: ValueFacts] = [:]
  private var stated: NamedTable<ValueInfo> = [:]

  /// Analyses a graph in its internal form (``OperatorSet/normalized(_:)``).
  ///
  /// An operator that is not known, or whose outputs depend on the data, gives outputs of unknown size.
  ///
  /// - Throws: ``OperatorError/at(node:_:)`` where a node's inputs do not fit together.
  package init(
    _ graph: Graph,
    operators: OperatorSet,
    sizes: InputSizes = .standard
  ) throws(OperatorError) {
    self.sizes = sizes
    table.reserveCapacity(graph.nodes.count * 2)
    for input in graph.inputs {
      let known = sizes.sizes(of: input)
      do { try Sizes.requireTensor(known) } catch {
        throw .at(node: "input '\(input.name)'", error)
      }
      table[input.name] = ValueFacts(element: input.type.element, sizes: known)
    }
    try analyse(graph, operators: operators)
  }

  /// Facts of a branch's values, with those around it in reach.
  private init(
    _ branch: Graph,
    arguments: [ValueFacts],
    around outer: GraphFacts,
    operators: OperatorSet
  ) throws(OperatorError) {
    sizes = outer.sizes
    table = outer.table
    for (index, input) in branch.inputs.enumerated() {
      table[input.name] =
        arguments.indices.contains(index)
        ? arguments[index] : ValueFacts(element: input.type.element)
    }
    try analyse(branch, operators: operators)
  }

  /// Facts of a branch's values, nothing being known of what it is given beyond types; nil where they do not fit together.
  func inside(_ branch: Graph, operators: OperatorSet) -> GraphFacts? {
    try? GraphFacts(branch, arguments: [], around: self, operators: operators)
  }

  /// As much as is known of a graph whose nodes do not all fit together.
  static func partial(_ graph: Graph, operators: OperatorSet) -> GraphFacts {
    var facts = GraphFacts(growing: .standard)
    for input in graph.inputs { facts.set(input.name, ValueFacts(element: input.type.element)) }
    for (name, constant) in graph.constants {
      let isSound = (try? Sizes.requireTensor(constant.shape)) != nil
      facts.set(name, isSound ? ValueFacts(constant) : ValueFacts(element: constant.type))
    }
    for node in graph.nodes where (try? facts.add(node, operators: operators)) == nil {
      facts.stateTypes(node)
    }
    return facts
  }

  /// An analysis that grows node by node, for a graph that is being made.
  init(growing sizes: InputSizes) { self.sizes = sizes }

  /// What is known of a value; nothing for a name that the graph does not have.
  package subscript(name: String) -> ValueFacts { table[name] ?? .unknown }

  /// The facts of a node's inputs, nil where one is left out.
  package func inputs(of node: Node) -> [ValueFacts?] {
    node.inputs.map { $0.isEmpty ? nil : self[$0] }
  }

  /// The sizes of a node's inputs and outputs, as a cost rule wants them.
  package func costCall(of node: Node) -> CostCall {
    CostCall(
      node: node,
      inputs: node.inputs.map { $0.isEmpty ? nil : self[$0].shape },
      outputs: node.outputs.map { $0.isEmpty ? nil : self[$0].shape }
    )
  }

  /// States the facts of a value.
  mutating func set(_ name: String, _ facts: ValueFacts) { table[name] = facts }

  /// Adds what is known of a node's outputs.
  mutating func add(_ node: Node, operators: OperatorSet) throws(OperatorError) {
    var outputs: [ValueFacts] = []
    if let entry = operators[node] {
      let call = ShapeCall(
        node: node,
        inputs: inputs(of: node),
        branch: node.subgraphs.isEmpty ? Self.noBranch : branching(operators)
      )
      do {
        outputs = try entry.shapes(call)
        for facts in outputs { try Sizes.requireTensor(facts.sizes) }
      } catch .notStatic {
      } catch { throw .at(node: node.label, error) }
    }
    for (index, name) in node.outputs.enumerated() where !name.isEmpty {
      table[name] = index < outputs.count ? outputs[index] : statement(of: name)
    }
    stateTypes(node)
  }

  /// States the element types that ONNX's schema gives to outputs of which no rule knows them.
  private mutating func stateTypes(_ node: Node) {
    guard node.domain.isEmpty,
      node.outputs.contains(where: { !$0.isEmpty && self[$0].element == nil }),
      let schema = SchemaTable.standard.schema(node.op, at: OperatorSet.opset)
    else { return }
    let types = schema.outputTypes(of: node) { self[$0].element }
    for (name, type) in zip(node.outputs, types) where !name.isEmpty && self[name].element == nil {
      table[name, default: .unknown].element = type
    }
  }

  private mutating func analyse(_ graph: Graph, operators: OperatorSet) throws(OperatorError) {
    stated = graph.values
    for output in graph.outputs { stated[output.name] = output }
    for (name, constant) in graph.constants {
      do { try Sizes.requireTensor(constant.shape) } catch {
        throw .at(node: "constant '\(name)'", error)
      }
      table[name] = ValueFacts(constant)
    }
    for node in graph.nodes { try add(node, operators: operators) }
  }

  /// What the file says of a value that no rule reaches: its type and rank, and the sizes that are bound by name.
  private func statement(of name: String) -> ValueFacts {
    guard let info = stated[name] else { return .unknown }
    let known = info.type.shape?.dimensions.map { dimension -> Int? in
      guard case .symbolic(let symbol) = dimension else { return nil }
      return sizes.symbols[symbol]
    }
    return ValueFacts(element: info.type.element, sizes: known)
  }

  private func branching(
    _ operators: OperatorSet
  ) -> @Sendable (Graph, [ValueFacts]) throws(OperatorError) -> [ValueFacts] {
    { (branch, arguments) throws(OperatorError) in
      let facts = try GraphFacts(branch, arguments: arguments, around: self, operators: operators)
      return branch.outputs.map { facts[$0.name] }
    }
  }

  private static let noBranch:
    @Sendable (Graph, [ValueFacts]) throws(OperatorError) -> [ValueFacts] = {
      (_, _) throws(OperatorError) in []
    }
}
