import Graphs

/// Where one number of a shape that is computed while the model runs comes from.
enum ChannelOrigin: Sendable, Hashable {
  /// It is this number whatever is cut.
  case fixed(Int)
  /// It is the size of an axis of a value.
  case size(of: String, axis: Int)
}

/// What an analysis of channels knows so far.
///
/// One object a run, handed from rule to rule.
final class ChannelState {
  /// How an axis of a constant, or of a value made of constants only, is read.
  private struct Key: Hashable {
    let name: String
    let axis: Int
  }
  /// A value made of a constant by moving or scaling it: axis `map[i]` of the constant is its axis `i`.
  struct Alias {
    let source: String
    let map: [Int?]
    /// Whether it only scales what another part holds: no filters lie in it.
    var isScale = false
  }

  let graph: Graph
  let facts: (String) -> ValueFacts?
  /// How often each value is read, by outputs and branches too.
  let reads: [String: Int]
  var slots = ChannelSlots()
  private(set) var labels: [String: ChannelLabels] = [:]
  /// Values whose channels lie along several axes, in order.
  private var joint: [String] = []
  private(set) var uses: [ChannelUse] = []
  private var useAt: [Key: Int] = [:]
  private var boundReads: [Key: Int] = [:]
  private var aliases: [String: [Alias]] = [:]
  private var aliasesOf: [String: [String]] = [:]
  var origins: [String: [ChannelOrigin]] = [:]
  /// Labels of which a cut must leave at least one: filters, pieces of a split.
  var pieces: [ContiguousArray<Int32>] = []
  var follows: [ChannelFollow] = []
  /// Values from which no layer can be reached that could take up a cut, and what they do instead.
  var deadEnds: [String: String] = [:]

  init(graph: Graph, facts: @escaping (String) -> ValueFacts?, reads: [String: Int]) {
    self.graph = graph
    self.facts = facts
    self.reads = reads
  }

  func setLabels(_ new: ChannelLabels, of name: String) {
    guard new.shape.contains(where: { $0 > 1 }) else { return }
    labels[name] = new
    if new.axes.count > 1 { joint.append(name) }
  }

  // MARK: Constants

  /// True for initialisers and for what is computed of them alone, axis by axis.
  func isStored(_ name: String) -> Bool { graph.constants[name] != nil || aliases[name] != nil }

  func addAlias(_ name: String, of parts: [Alias]) {
    aliases[name] = parts
    for source in Set(parts.map(\.source)) { aliasesOf[source, default: []].append(name) }
  }

  /// The constant, and its axis, that an axis of a constant or of a value made of constants comes from.
  func origin(of name: String, axis: Int) -> (constant: String, axis: Int)? {
    guard let parts = aliases[name] else { return (name, axis) }
    for part in parts {
      if let source = part.map[axis] { return origin(of: part.source, axis: source) }
    }
    return nil
  }

  /// Says that node `node` reads channels `slots` along an axis of a constant.
  func bind(
    _ name: String,
    axis: Int,
    _ new: ContiguousArray<Int32>,
    role: ChannelUse.Role,
    node: Int,
    reason: Int32
  ) {
    let key = Key(name: name, axis: axis)
    boundReads[key, default: 0] += 1
    attach(key, new, role: role, node: node, reason: reason)
  }

  private func attach(
    _ key: Key,
    _ new: ContiguousArray<Int32>,
    role: ChannelUse.Role,
    node: Int,
    reason: Int32
  ) {
    if let parts = aliases[key.name] {
      for part in parts {
        guard let axis = part.map[key.axis] else { continue }
        attach(
          Key(name: part.source, axis: axis),
          new,
          role: part.isScale && role == .producer ? .perChannel : role,
          node: node,
          reason: reason
        )
      }
    } else if let index = useAt[key] {
      uses[index].readers.append((node, role))
      let old = uses[index].slots
      for position in old.indices { slots.join(old[position], new[position], reason) }
    } else {
      useAt[key] = uses.count
      uses.append(
        ChannelUse(constant: key.name, axis: key.axis, slots: new, readers: [(node, role)])
      )
    }
  }

  /// Closes the channels of constants that some node reads without following a cut.
  func closeForeignReads() {
    var known: [Key: Bool] = [:]
    for use in uses where !isFollowed(Key(name: use.constant, axis: use.axis), &known) {
      let reader = graph.nodes.first { node in
        node.inputs.contains(use.constant) && !use.readers.contains { graph.nodes[$0.node] == node }
      }
      let name =
        reader?.label
        ?? (graph.outputs.contains { $0.name == use.constant }
          ? "the graph's outputs" : "another reader")
      let reason = slots.reason(
        "'\(use.constant)' is also read by \(name), which does not follow a cut"
      )
      for slot in use.slots { slots.close(slot, reason) }
    }
  }

  private func isFollowed(_ key: Key, _ known: inout [Key: Bool]) -> Bool {
    if let answer = known[key] { return answer }
    var followed = boundReads[key] ?? 0
    for alias in aliasesOf[key.name] ?? [] {
      for part in aliases[alias] ?? [] where part.source == key.name {
        guard let axis = part.map.firstIndex(of: key.axis) else { continue }
        if isFollowed(Key(name: alias, axis: axis), &known) { followed += 1 }
      }
    }
    let answer = followed >= reads[key.name] ?? 0
    known[key] = answer
    return answer
  }

  // MARK: Rectangles

  /// Joins labels until any choice of classes leaves a rectangle of every value.
  func squareUp() {
    for name in joint {
      guard let labels = labels[name] else { continue }
      let axes = labels.axes
      let roots = ContiguousArray(labels.slots.map { slots.root($0) })
      if axes.contains(where: { Self.variesOnly(along: $0, labels.shape, roots) }) { continue }
      guard let axis = axes.last else { continue }
      let reason = slots.reason("'\(name)' must stay a rectangle")
      _ = tied(labels, to: axis, reason)
    }
  }

  /// Joins the labels of each index of `axis`, and returns one slot an index.
  func tied(_ labels: ChannelLabels, to axis: Int, _ reason: Int32) -> ContiguousArray<Int32> {
    if labels.axes == [axis] { return labels.slots }
    let inner = labels.shape[(axis + 1)...].reduce(1, *)
    let size = labels.shape[axis]
    var result = ContiguousArray<Int32>(repeating: -1, count: size)
    for (position, slot) in labels.slots.enumerated() {
      let index = position / inner % size
      if result[index] < 0 { result[index] = slot } else { slots.join(result[index], slot, reason) }
    }
    return result
  }

  private static func variesOnly(
    along axis: Int,
    _ shape: [Int],
    _ roots: ContiguousArray<Int32>
  ) -> Bool {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let size = shape[axis]
    for (position, root) in roots.enumerated()
    where root != roots[position / inner % size * inner] { return false }
    return true
  }
}

/// Edits of attributes and small constants that a cut brings with it.
package typealias ChannelFollow = @Sendable (inout ChannelEditor) -> Void
