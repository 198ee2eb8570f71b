import Graphs

/// One call of a function: what the names and attributes of its body stand for.
struct FunctionBinding {
  private var map: [String: String] = [:]
  private let attributes: NamedTable<Attribute>
  private let prefix: String
  /// Outputs that the function takes straight from an input, and the names that the call gives them.
  private(set) var forwarded: [(input: String, output: String)] = []

  init(_ function: Function, call: Node, names: inout Names) {
    prefix = (call.name.isEmpty ? call.op : call.name) + "/"
    var attributes = function.defaults
    for (name, value) in call.attributes { attributes[name] = value }
    self.attributes = attributes
    for (index, name) in function.inputs.enumerated() { map[name] = call.input(index) ?? "" }
    for (index, name) in function.outputs.enumerated() {
      let wanted = call.output(index)
      if let known = map[name] {
        if let wanted { forwarded.append((known, wanted)) }
      } else {
        map[name] = wanted ?? names.fresh(prefix + name)
      }
    }
  }

  /// A node of the body as the caller sees it: names replaced, attribute references resolved.
  mutating func bind(_ node: Node, names: inout Names) -> Node {
    var bound = node
    bound.name = node.name.isEmpty ? "" : prefix + node.name
    bound.inputs = node.inputs.map { rename($0, &names) }
    bound.outputs = node.outputs.map { rename($0, &names) }
    bound.attributes = [:]
    for (name, value) in node.attributes {
      switch value {
      case .reference(let source, _):
        if let given = attributes[source] { bound.attributes[name] = given }
      case .graph(let graph): bound.attributes[name] = .graph(bind(graph, names: &names))
      case .graphs(let graphs):
        bound.attributes[name] = .graphs(graphs.map { bind($0, names: &names) })
      default: bound.attributes[name] = value
      }
    }
    return bound
  }

  private mutating func bind(_ graph: Graph, names: inout Names) -> Graph {
    var bound = graph
    bound.values = [:]
    for index in bound.inputs.indices {
      bound.inputs[index].name = rename(graph.inputs[index].name, &names)
    }
    bound.constants = [:]
    for (name, constant) in graph.constants { bound.constants[rename(name, &names)] = constant }
    bound.nodes = graph.nodes.map { bind($0, names: &names) }
    for index in bound.outputs.indices {
      bound.outputs[index].name = rename(graph.outputs[index].name, &names)
    }
    return bound
  }

  private mutating func rename(_ name: String, _ names: inout Names) -> String {
    if name.isEmpty { return name }
    if let known = map[name] { return known }
    let fresh = names.fresh(prefix + name)
    map[name] = fresh
    return fresh
  }
}
