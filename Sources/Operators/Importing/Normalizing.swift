import Graphs

/// One pass over a model that brings it into the internal form.
///
/// Calls of the model's functions become their bodies, nodes are upgraded, and Constant nodes become
/// constants, in branches too.
final class Normalizing {
  private let operators: OperatorSet
  private let functions: [Key: Function]
  private var names: Names
  private var depth = 0

  private struct Key: Hashable {
    let domain: String
    let name: String
    let overload: String
  }

  /// A graph that is being made.
  private final class Body {
    let outer: Body?
    var nodes: [Node] = []
    var constants: NamedTable<Constant>
    private let graph: Graph
    private var facts: GraphFacts?
    private var analysed = 0

    init(_ graph: Graph, in outer: Body?) {
      self.graph = graph
      self.outer = outer
      constants = graph.constants
    }

    func constant(_ name: String) -> Constant? { constants[name] ?? outer?.constant(name) }

    /// What is known of a value made so far.
    ///
    /// The analysis runs only when an upgrade asks, and goes on from there.
    func facts(_ operators: OperatorSet) -> GraphFacts {
      var facts =
        self.facts ?? outer?.facts(operators) ?? GraphFacts(growing: InputSizes(image: []))
      if self.facts == nil {
        for input in graph.inputs {
          facts.set(
            input.name,
            ValueFacts(element: input.type.element, sizes: facts.sizes.sizes(of: input))
          )
        }
      }
      self.facts = nil
      for node in nodes[analysed...] {
        for input in node.inputs where facts[input] == .unknown {
          if let constant = constants[input] { facts.set(input, ValueFacts(constant)) }
        }
        // A node that does not fit is reported by the analysis of the whole.
        try? facts.add(node, operators: operators)
      }
      analysed = nodes.count
      self.facts = facts
      return facts
    }
  }

  init(_ graph: Graph, operators: OperatorSet) {
    self.operators = operators
    names = Names(graph)
    functions = Dictionary(
      graph.model.functions.map {
        (Key(domain: $0.domain, name: $0.name, overload: $0.overload), $0)
      },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// The graph in its internal form; a branch has its body's surroundings as `outer`.
  func normalized(_ graph: Graph) throws(OperatorError) -> Graph {
    try normalized(graph, opset: graph.model.opset, in: nil)
  }

  private func normalized(
    _ graph: Graph,
    opset: Int,
    in outer: Body?
  ) throws(OperatorError) -> Graph {
    let body = Body(graph, in: outer)
    body.nodes.reserveCapacity(graph.nodes.count)
    for node in graph.nodes { try add(node, opset: opset, to: body) }
    var result = graph
    result.nodes = body.nodes
    result.constants = body.constants
    return result
  }

  private func add(_ node: Node, opset: Int, to body: Body) throws(OperatorError) {
    if let function = functions[
      Key(domain: node.domain, name: node.op, overload: node.overload)
    ] {
      return try inline(function, call: node, to: body)
    }
    var node = node
    if node.domain == "ai.onnx" { node.domain = "" }
    for (name, value) in node.attributes {
      switch value {
      case .graph(let graph):
        node.attributes[name] = .graph(try normalized(graph, opset: opset, in: body))
      case .graphs(let graphs):
        var branches: [Graph] = []
        for graph in graphs { branches.append(try normalized(graph, opset: opset, in: body)) }
        node.attributes[name] = .graphs(branches)
      default: break
      }
    }
    if node.op == "Constant", node.domain.isEmpty, let name = node.output(0),
      let constant = Self.value(of: node)
    {
      body.constants[name] = constant
      return
    }
    guard node.domain.isEmpty else { return append(node, to: body) }
    if let fault = SchemaTable.standard.schema(node.op, at: opset)?.unreadable(node) {
      throw .at(node: node.label, .mismatch(fault))
    }
    var scope = UpgradeScope(
      taken: { [self] in names.contains($0) },
      constant: { body.constant($0) },
      sizes: { [operators] name in
        body.constant(name)?.shape ?? body.facts(operators)[name].sizes
      }
    )
    let upgrading = Upgrading(operators: operators)
    let upgraded = try upgrading.nodes(for: node, from: opset, scope: &scope)
    for (name, constant) in scope.added {
      names.insert([name])
      body.constants[name] = constant
    }
    for node in upgraded { append(node, to: body) }
  }

  private func append(_ node: Node, to body: Body) {
    var node = node
    node.name = names.node(node.name, op: node.op, position: body.nodes.count)
    names.insert(node.outputs)
    body.nodes.append(node)
  }

  private func inline(
    _ function: Function,
    call: Node,
    to body: Body
  ) throws(OperatorError) {
    guard depth < 64 else {
      throw .at(
        node: call.label,
        .unsupported("function '\(function.name)' calls itself, or calls go deeper than 64")
      )
    }
    depth += 1
    defer { depth -= 1 }
    var binding = FunctionBinding(function, call: call, names: &names)
    let opset = function.opsets[""] ?? function.opsets["ai.onnx"] ?? OperatorSet.opset
    for node in function.nodes {
      let bound = binding.bind(node, names: &names)
      do { try add(bound, opset: opset, to: body) } catch {
        guard depth == 1 else { throw error }
        throw .at(node: "\(call.label), function '\(function.name)'", error)
      }
    }
    for (input, output) in binding.forwarded {
      append(Control.identity(input, as: output), to: body)
    }
  }

  /// The tensor that a Constant node makes; nil for sparse ones.
  private static func value(of node: Node) -> Constant? {
    // What the tensor says of itself, a name among it, is none of the constant's.
    guard var value = stated(by: node) else { return nil }
    value.unknownFields = []
    return value
  }

  private static func stated(by node: Node) -> Constant? {
    for (name, attribute) in node.attributes {
      switch (name, attribute) {
      case ("value", .tensor(let constant)): return constant
      case ("value_float", .float(let value)): return Constant([value], shape: [])
      case ("value_floats", .floats(let values)):
        return Constant(values, shape: [values.count])
      case ("value_int", .int(let value)): return Constant(scalar: value)
      case ("value_ints", .ints(let values)): return Constant(values)
      case ("value_string", .string(let value)): return Constant(strings: [value], shape: [])
      case ("value_strings", .strings(let values)):
        return Constant(strings: values, shape: [values.count])
      default: continue
      }
    }
    return nil
  }
}
