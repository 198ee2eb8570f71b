import Graphs
import Models
import Operators
import Tensors

/// How the cuts of a family are executed in a session over the uncut graph.
struct FamilyPlan {
  /// How a family is executed.
  enum Way {
    /// On the uncut graph's session: layers in parts, then what follows, with cut constants in place.
    case shared
    /// Each cut's own graph from sliced values on.
    case resumed
    /// Each cut's own graph from the image on.
    case whole
  }

  let family: CutFamily
  var way: Way
  /// Convolutions that read nothing but the channels in question, and take them part by part.
  var splits: [SplitConvolution] = []
  /// The values to give when resuming, beside what the split convolutions make.
  var resumePoints: [String] = []
  /// The constants to set for each cut, by cut.
  var constants: [[String: Constant]] = []
  /// The cut graphs, for ways other than `shared`.
  var graphs: [Graph] = []

  /// Plans a family for a session whose resume points are those of all families.
  init(_ family: CutFamily, of model: Model, pruning: ChannelPruning, in session: Session) throws {
    self.family = family
    way = .shared
    let graph = pruning.graph
    let places = Self.pureConsumers(of: family, pruning, model.operators)
    for (node, parts) in places {
      if let chain = try SplitConvolution(session, node: node, parts: parts),
        chain.others.allSatisfy({ Self.isWhole($0, family, pruning) })
      {
        splits.append(chain)
      }
    }
    let inParts = Set(splits.flatMap(\.nodes))
    let rest = family.reach.nodes.filter { !inParts.contains($0) }
    let read = Set(rest.flatMap { graph.nodes[$0].inputs + graph.nodes[$0].captured })
    resumePoints = family.reach.resumePoints.filter(read.contains)
    let edited = Self.edited(by: family.cuts[0].pruning.edits, in: graph, among: rest)
    guard !edited.constants.isEmpty || edited.nodes else {
      constants = family.cuts.map { _ in [:] }
      // Sliced values with nothing to take them up would be a fault of the analysis: the cut graph decides.
      if !resumePoints.allSatisfy({ Self.isWhole($0, family, pruning) }) {
        try planGraphs(model, pruning)
      }
      return
    }
    try planGraphs(model, pruning)
    if way == .resumed, !edited.nodes, Self.sameNodes(rest, graph, graphs) {
      way = .shared
      constants = graphs.map { small in
        var values: [String: Constant] = [:]
        for name in edited.constants { values[name] = small.constants[name] }
        return values
      }
      graphs = []
    }
  }

  /// The indices that stay of a resume point's axes under one of the family's cuts.
  func kept(_ point: String, cut: Int, _ pruning: ChannelPruning) -> [(axis: Int, indices: [Int])] {
    pruning.groups.analysis.kept(of: point, removing: family.cuts[cut].pruning.classes)
  }

  /// Plans to execute each cut's own graph, from sliced values on where their shapes agree with its own.
  private mutating func planGraphs(_ model: Model, _ pruning: ChannelPruning) throws {
    graphs = try family.cuts.map { try pruning.apply($0.pruning) }
    way = .resumed
    for (index, small) in graphs.enumerated() {
      let facts = try GraphFacts(small, operators: model.operators, sizes: model.facts.sizes)
      for point in family.reach.resumePoints {
        guard var shape = model.facts[point].shape, let expected = facts[point].shape else {
          way = .whole
          return
        }
        for (axis, indices) in kept(point, cut: index, pruning) where shape.indices.contains(axis) {
          shape[axis] = indices.count
        }
        if shape != expected { way = .whole }
      }
    }
    if way == .whole { splits = [] }
  }

  private static func sameNodes(_ nodes: [Int], _ graph: Graph, _ others: [Graph]) -> Bool {
    others.allSatisfy { other in
      other.nodes.count == graph.nodes.count
        && nodes.allSatisfy { other.nodes[$0] == graph.nodes[$0] }
    }
  }

  private static func isWhole(
    _ name: String,
    _ family: CutFamily,
    _ pruning: ChannelPruning
  ) -> Bool {
    family.reach.resumePoints.contains(name)
      && pruning.groups.analysis.kept(of: name, removing: family.cuts[0].pruning.classes).isEmpty
  }

  /// What a cut's edits change of some nodes: constants that they read, and whether they change themselves.
  private static func edited(
    by edits: [GraphEdit],
    in graph: Graph,
    among nodes: [Int]
  ) -> (constants: [String], nodes: Bool) {
    let read = Set(nodes.flatMap { graph.nodes[$0].inputs + graph.nodes[$0].captured })
    let names = Set(nodes.map { graph.nodes[$0].name })
    var constants: Set<String> = []
    var changesNodes = false
    for edit in edits {
      switch edit {
      case .keep(let name, _, _), .setIntegers(let name, _):
        if read.contains(name) { constants.insert(name) }
      case .setInt(let node, _, _), .setInts(let node, _, _), .removeAttribute(let node, _),
        .setInput(let node, _, _, _):
        if names.contains(node) { changesNodes = true }
      }
    }
    return (constants.sorted(), changesNodes)
  }

  /// Convolutions of which only the input channels are cut, with the channels that each cut adds to the next larger one.
  private static func pureConsumers(
    of family: CutFamily,
    _ pruning: ChannelPruning,
    _ operators: OperatorSet
  ) -> [(node: Int, parts: [[Int]])] {
    let (graph, analysis) = (pruning.graph, pruning.groups.analysis)
    let largest = family.cuts[0].pruning.classes
    let edits = family.cuts[0].pruning.edits
    let changed = Set(family.reach.nodes)
    var result: [(Int, [[Int]])] = []
    for use in analysis.uses where use.axis == 1 && use.readers.count == 1 {
      guard let reader = use.readers.first, reader.role == .consumer, changed.contains(reader.node),
        case let node = graph.nodes[reader.node], let layout = operators[node]?.weights,
        layout.form == .convolution, layout.groups(node) == 1,
        node.input(layout.weight) == use.constant,
        let image = node.input(0), family.reach.resumePoints.contains(image),
        use.slots.contains(where: { largest.contains(analysis.roots[Int($0)]) }),
        edits.allSatisfy({ Self.leavesAlone($0, node, axis: 1) })
      else { continue }
      var parts: [[Int]] = []
      for (index, cut) in family.cuts.enumerated() {
        parts.append(
          use.slots.indices.filter { place in
            let channel = analysis.roots[Int(use.slots[place])]
            return !cut.pruning.classes.contains(channel)
              && (index == 0 || family.cuts[index - 1].pruning.classes.contains(channel))
          }
        )
      }
      if parts[0].isEmpty { continue }
      result.append((reader.node, parts))
    }
    return result
  }

  /// Whether an edit does nothing to a node but shorten `axis` of its weight.
  private static func leavesAlone(_ edit: GraphEdit, _ node: Node, axis: Int) -> Bool {
    switch edit {
    case .keep(let name, let cut, _):
      name == node.input(1) ? cut == axis : !node.inputs.contains(name)
    case .setIntegers(let name, _): !node.inputs.contains(name)
    case .setInt(let name, _, _), .setInts(let name, _, _), .removeAttribute(let name, _),
      .setInput(let name, _, _, _):
      name != node.name
    }
  }
}
