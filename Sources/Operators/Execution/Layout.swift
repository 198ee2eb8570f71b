import Graphs

/// A graph's values and nodes by number, so that execution looks no name up.
struct Layout: Sendable {
  let graph: Graph
  /// The values' names, by slot.
  private(set) var names: [String] = []
  private(set) var slots: [String: Int] = [:]
  /// Slots that each node reads.
  ///
  /// -1 where an input is left out. Values that branches capture come last.
  private(set) var reads: [[Int]] = []
  /// Slots that each node makes; -1 where nobody wants an output.
  private(set) var makes: [[Int]] = []
  /// The node that makes each slot; -1 for inputs, constants and what lies outside.
  private(set) var producers: [Int] = []
  /// The constant in each slot, if it is one.
  private(set) var constants: [Constant?] = []
  /// Slots of values that a branch reads from around it.
  private(set) var captured: [Int] = []
  /// Slots of the graph's inputs and outputs.
  private(set) var inputs: [Int] = []
  private(set) var outputs: [Int] = []

  init(_ graph: Graph) {
    self.graph = graph
    for (name, constant) in graph.constants { constants[slot(name)] = constant }
    inputs = graph.inputs.map { slot($0.name) }
    var made = Set(graph.constants.names).union(graph.inputs.map(\.name))
    for (index, node) in graph.nodes.enumerated() {
      let captures = node.subgraphs.isEmpty ? [] : node.captured.sorted()
      var read: [Int] = []
      for name in node.inputs + captures {
        guard !name.isEmpty else {
          read.append(-1)
          continue
        }
        if made.insert(name).inserted { captured.append(slot(name)) }
        read.append(slot(name))
      }
      reads.append(read)
      made.formUnion(node.outputs)
      makes.append(node.outputs.map { $0.isEmpty ? -1 : slot($0) })
      for slot in makes[index] where slot >= 0 { producers[slot] = index }
    }
    for output in graph.outputs {
      if made.insert(output.name).inserted { captured.append(slot(output.name)) }
      outputs.append(slot(output.name))
    }
  }

  private mutating func slot(_ name: String) -> Int {
    if let known = slots[name] { return known }
    let slot = names.count
    slots[name] = slot
    names.append(name)
    producers.append(-1)
    constants.append(nil)
    return slot
  }
}
