import Graphs

/// The channels that go, as attributes and constants that must follow see them.
package struct ChannelCut: Sendable {
  /// For every slot, whether it goes.
  let removed: ContiguousArray<Bool>

  /// The indices that stay of an axis whose entries carry `slots`.
  package func kept(_ slots: ContiguousArray<Int32>) -> [Int] {
    slots.indices.filter { !removed[Int(slots[$0])] }
  }

  /// How many of `slots` stay.
  func count(_ slots: some Sequence<Int32>) -> Int {
    slots.reduce(0) { $0 + (removed[Int($1)] ? 0 : 1) }
  }

  /// How many indices of `axis` stay, for labels that are rectangular.
  func size(_ labels: ChannelLabels, axis: Int) -> Int {
    guard labels.shape[axis] > 1 else { return 1 }
    return kept(labels, axis: axis).count
  }

  /// The indices of `axis` that stay: those where some element stays.
  func kept(_ labels: ChannelLabels, axis: Int) -> [Int] {
    let inner = labels.shape[(axis + 1)...].reduce(1, *)
    let size = labels.shape[axis]
    var stays = [Bool](repeating: false, count: size)
    for (position, slot) in labels.slots.enumerated() where !removed[Int(slot)] {
      stays[position / inner % size] = true
    }
    return stays.indices.filter { stays[$0] }
  }

  /// True when any of `labels` goes.
  func touches(_ labels: ChannelLabels) -> Bool {
    labels.slots.contains { removed[Int($0)] }
  }
}

/// Collects the edits that a cut comes down to.
package struct ChannelEditor {
  /// What goes.
  let cut: ChannelCut
  private let graph: Graph
  private let reads: [String: Int]
  private(set) var edits: [GraphEdit] = []
  private var made: Set<String> = []

  init(cut: ChannelCut, graph: Graph, reads: [String: Int]) {
    self.cut = cut
    self.graph = graph
    self.reads = reads
  }

  /// How many indices stay of a constant's axis; nil where all do.
  func kept(of constant: String, axis: Int) -> Int? {
    for case .keep(constant, axis, let indices) in edits { return indices.count }
    return nil
  }

  mutating func append(_ edit: GraphEdit) { edits.append(edit) }

  /// The whole numbers of an initialiser.
  func integers(_ name: String) -> [Int]? { graph.constants[name]?.integers }

  /// Sets indices, which may be a scalar: a scalar, which nothing else reads, stays one.
  mutating func setIndices(_ index: Int, of node: Node, to values: [Int]) {
    guard let name = node.input(index), graph.constants[name]?.shape.isEmpty == true else {
      return setInput(index, of: node, to: values)
    }
    if graph.constants[name]?.integers == values { return }
    edits.append(.setIntegers(constant: name, values: values))
  }

  /// Makes input `index` of a node an int64 constant of these values, without touching other readers of it.
  mutating func setInput(_ index: Int, of node: Node, to values: [Int]) {
    if let name = node.input(index), let old = graph.constants[name] {
      if old.integers == values, old.type == .int64 { return }
      if reads[name] == 1, old.shape.count < 2 {
        edits.append(.setIntegers(constant: name, values: values))
        return
      }
    }
    edits.append(
      .setInput(node: node.name, index: index, constant: fresh(node, index), values: values)
    )
  }

  private mutating func fresh(_ node: Node, _ index: Int) -> String {
    var name = "\(node.name).input\(index)"
    while reads[name] != nil || graph.constants[name] != nil || !made.insert(name).inserted {
      name += "_"
    }
    return name
  }
}
