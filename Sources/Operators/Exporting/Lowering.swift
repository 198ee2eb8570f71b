import Graphs

/// A graph of the internal form, written in an opset: the upgrades undone as far as it takes.
struct Lowering {
  private let source: Graph
  private let operators: OperatorSet
  private let facts: GraphFacts?
  private let names: Names
  /// Inputs and outputs that the file says are no tensors.
  private let others: [String: ValueKind]
  private let table = SchemaTable.standard

  init(_ graph: Graph, operators: OperatorSet, facts: GraphFacts?) {
    source = graph
    self.operators = operators
    self.facts = facts
    names = Names(graph)
    var others: [String: ValueKind] = [:]
    for value in graph.inputs + graph.outputs {
      guard value.type.element == nil, let tag = value.otherType.first else { continue }
      others[value.name] = tag == Self.optionalTag ? .optional : .other
    }
    self.others = others
  }

  /// The first byte of an optional type in a file: field 9 of a TypeProto.
  private static var optionalTag: UInt8 { 9 << 3 | 2 }

  /// The graph in an opset's forms; its stated opset is left to the caller.
  ///
  /// - Throws: ``OperatorError/at(node:_:)`` where the opset cannot say a node.
  func graph(at opset: Int) throws(OperatorError) -> Graph {
    var scope = scope(source, outer: nil, facts)
    var result = try lowered(source, at: opset, facts, &scope)
    for (name, constant) in scope.added { result.constants[name] = constant }
    try requireStatedTypes(result, at: opset, scope)
    return makingOutputs(result)
  }

  /// Refuses an output of another type than the graph states: versions of an operator may differ in that.
  private func requireStatedTypes(
    _ graph: Graph,
    at opset: Int,
    _ scope: DowngradeScope
  ) throws(OperatorError) {
    let stated = Dictionary(
      graph.outputs.lazy.compactMap { output in output.type.element.map { (output.name, $0) } },
      uniquingKeysWith: { first, _ in first }
    )
    for node in graph.nodes where node.outputs.contains(where: { stated[$0] != nil }) {
      guard node.domain.isEmpty, let schema = table.schema(node.op, at: opset) else { continue }
      let types = schema.outputTypes(of: node) { scope.constant($0)?.type ?? facts?[$0].element }
      for (name, type) in zip(node.outputs, types) {
        guard let type, let wanted = stated[name], wanted != type else { continue }
        throw .at(
          node: node.label,
          .unsupported(
            "output '\(name)' is stated as \(wanted), and opset \(opset) makes it \(type)"
          )
        )
      }
    }
  }

  /// The graph with a node behind every constant that it returns: ONNX wants outputs made by nodes.
  private func makingOutputs(_ graph: Graph) -> Graph {
    let given = Set(graph.inputs.map(\.name))
    let bare = graph.outputs.map(\.name).filter {
      graph.constants[$0] != nil && !given.contains($0)
    }
    guard !bare.isEmpty else { return graph }
    var result = graph
    var names = names
    for name in bare {
      let stored = names.fresh("\(name)_value")
      result.constants[stored] = graph.constants[name]
      result.constants[name] = nil
      result.nodes.insert(Control.identity(stored, as: name), at: 0)
    }
    return result
  }

  /// The error for an opset that was asked for, with the opset that would do.
  func explained(_ error: OperatorError, asked: Int) -> OperatorError {
    guard case .at(let label, let reason) = error,
      let node = source.nodes.first(where: { $0.label == label }),
      let least = OperatorSet.readable.first(where: { can(node, at: $0) })
    else { return error }
    let needed =
      least > asked
      ? "needs opset \(least) at least; \(asked) is asked for (\(reason))"
      : "has no form in opset \(asked) (\(reason))"
    return .at(node: label, .unsupported(needed))
  }

  private func can(_ node: Node, at opset: Int) -> Bool {
    var scope = scope(source, outer: nil, facts)
    return (try? form(of: node, at: opset, facts, &scope)) != nil
  }

  private func scope(
    _ graph: Graph,
    outer: DowngradeScope?,
    _ facts: GraphFacts?
  ) -> DowngradeScope {
    DowngradeScope(
      fileOpset: source.model.fileOpset,
      taken: { [names] in names.contains($0) },
      beside: outer?.names ?? [],
      constant: { graph.constants[$0] ?? outer?.constant($0) },
      facts: { facts?[$0] ?? .unknown }
    )
  }

  private func lowered(
    _ graph: Graph,
    at opset: Int,
    _ facts: GraphFacts?,
    _ scope: inout DowngradeScope
  ) throws(OperatorError) -> Graph {
    var result = graph
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      do { result.nodes[index] = try form(of: node, at: opset, facts, &scope) } catch {
        if case .at = error { throw error }
        throw .at(node: node.label, error)
      }
    }
    return result
  }

  /// A node in the form of an opset.
  private func form(
    of node: Node,
    at opset: Int,
    _ facts: GraphFacts?,
    _ scope: inout DowngradeScope
  ) throws(OperatorError) -> Node {
    var node = try withLoweredBranches(node, at: opset, facts, &scope)
    guard node.domain.isEmpty else {
      guard source.model.opsets[node.domain] != nil else {
        throw .unsupported(
          "domain '\(node.domain)' is not among the file's opset imports; add it with its version"
        )
      }
      return node
    }
    guard table.knows(node.op) else { return node }
    if let entry = operators[node] {
      for downgrade in entry.downgrades where downgrade.opset > opset {
        node = try downgrade.apply(node, &scope)
      }
    } else {
      try requireSameVersion(node, at: opset)
    }
    if opset < Self.backwardAxes { node = try withForwardAxes(node, scope) }
    guard let schema = table.schema(node.op, at: opset) else {
      throw .unsupported("opset \(opset) has no operator \(node.op)")
    }
    node.attributes.filter { name, value in
      schema.attributes[name] != nil || table.newest(node.op)?.attributes[name]?.fallback != value
    }
    for index in schema.outputsToName(of: node) {
      node.outputs[index] = scope.fresh("\(node.op)_\(index)")
    }
    let added = scope.added
    let scope = scope
    if let misfit = schema.misfit(
      of: node,
      element: { (added[$0] ?? scope.constant($0))?.type ?? facts?[$0].element },
      kind: { [others] in others[$0] ?? .tensor }
    ) {
      throw .unsupported(misfit)
    }
    return node
  }

  private func withLoweredBranches(
    _ node: Node,
    at opset: Int,
    _ facts: GraphFacts?,
    _ outer: inout DowngradeScope
  ) throws(OperatorError) -> Node {
    guard !node.subgraphs.isEmpty else { return node }
    func lowered(_ branch: Graph, _ outer: inout DowngradeScope) throws(OperatorError) -> Graph {
      let inner = facts?.inside(branch, operators: operators)
      var scope = scope(branch, outer: outer, inner)
      var result = try self.lowered(branch, at: opset, inner, &scope)
      for (name, constant) in scope.added { result.constants[name] = constant }
      outer.reserve(scope.names)
      return makingOutputs(result)
    }
    var result = node
    for (name, value) in node.attributes {
      switch value {
      case .graph(let branch): result.attributes[name] = .graph(try lowered(branch, &outer))
      case .graphs(let branches):
        var list: [Graph] = []
        for branch in branches { list.append(try lowered(branch, &outer)) }
        result.attributes[name] = .graphs(list)
      default: break
      }
    }
    return result
  }

  /// An operator without upgrades keeps the form of its file, and with it the versions that are like the file's.
  private func requireSameVersion(_ node: Node, at opset: Int) throws(OperatorError) {
    let file = source.model.fileOpset == 0 ? OperatorSet.opset : source.model.fileOpset
    let (there, here) = (table.schema(node.op, at: file), table.schema(node.op, at: opset))
    guard there?.since == here?.since else {
      throw .unsupported("\(node.op) keeps the form of opset \(file)")
    }
  }

  /// The opset from which on all operators count axes from the back.
  private static var backwardAxes: Int { 11 }

  private func withForwardAxes(
    _ node: Node,
    _ scope: DowngradeScope
  ) throws(OperatorError) -> Node {
    let axes = node.int("axis").map { [$0] } ?? node.ints("axes") ?? []
    guard axes.contains(where: { $0 < 0 }) else { return node }
    let isAdding = operators[node]?.addsAxes == true
    let rank =
      isAdding
      ? scope.rank(node.output(0)) : scope.rank(node.input(0)) ?? scope.rank(node.output(0))
    guard let rank else {
      throw .unsupported("axes counted from the back came with opset \(Self.backwardAxes)")
    }
    var result = node
    if let axis = node.int("axis") {
      result.attributes["axis"] = .int(try ShapeRules.axis(axis, rank: rank))
    } else {
      result.attributes["axes"] = .ints(try Sizes.axes(axes, rank: rank))
    }
    return result
  }
}
