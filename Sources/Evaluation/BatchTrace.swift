import Graphs
import Operators

/// Follows images through two analyses of one graph that differ in the number of images.
///
/// Nothing is executed. Where the images lie is read off the axis that grows with their number: it stays as it is from node to node
/// but where a tensor is laid out anew, as `Reshape` does, and there the order of elements says whether an image stays in one piece.
struct BatchTrace {
  /// Where a value has its images: an axis, and how many rows of that axis come before the second image.
  private struct Position {
    var axis: Int
    var inner: Int
  }

  private enum Growth {
    case none
    case axis(Int)
    /// More than an axis, or by another factor: nothing is known.
    case other
  }

  private let graph: Graph
  private let few: (count: Int, facts: GraphFacts)
  private let many: (count: Int, facts: GraphFacts)
  private var positions: [String: Position] = [:]
  /// Values that hold something of the images.
  private var reached: Set<String>

  init(
    _ graph: Graph,
    few: (count: Int, facts: GraphFacts),
    many: (count: Int, facts: GraphFacts),
    from inputs: [String]
  ) {
    self.graph = graph
    self.few = few
    self.many = many
    reached = Set(inputs)
    for input in inputs { positions[input] = Position(axis: 0, inner: 1) }
  }

  /// The first node, or else output, where images do not stay apart.
  mutating func obstacle() -> BatchProbe.Obstacle? {
    let needed = neededNodes()
    for (index, node) in graph.nodes.enumerated() where needed[index] {
      if let found = visit(node) { return found }
    }
    for output in graph.outputs {
      if let found = obstacle(atOutput: output.name) { return found }
    }
    return nil
  }

  /// Whether an output depends on each node.
  private func neededNodes() -> [Bool] {
    var wanted = Set(graph.outputs.map(\.name))
    var needed = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated().reversed()
    where node.outputs.contains(where: wanted.contains) {
      needed[index] = true
      wanted.formUnion(node.inputs)
      wanted.formUnion(node.captured)
    }
    return needed
  }

  private mutating func visit(_ node: Node) -> BatchProbe.Obstacle? {
    let read = (node.inputs + node.captured).filter(reached.contains)
    guard !read.isEmpty else { return nil }
    for output in node.outputs where !output.isEmpty {
      // Sizes that were worked out hold nothing of the images.
      guard few.facts[output].value == nil else { continue }
      reached.insert(output)
      switch growth(of: output) {
      case .other: continue
      case .none:
        if let found = loss(of: output, by: node) { return found }
      case .axis(let axis):
        let sources = read.filter { positions[$0] != nil }
        if sources.count == 1, isLaidOutAnew(sources[0], output) {
          guard let position = position(of: output, axis, after: sources[0]) else {
            return mixture(of: output, from: sources[0], by: node)
          }
          positions[output] = position
        } else {
          positions[output] = Position(axis: axis, inner: inner(of: output, axis, from: sources))
        }
      }
    }
    return nil
  }

  private func growth(of name: String) -> Growth {
    guard let a = few.facts[name].shape, let b = many.facts[name].shape, a.count == b.count else {
      return .other
    }
    let changed = a.indices.filter { a[$0] != b[$0] }
    guard let axis = changed.first else { return .none }
    // Where images are mixed an axis need not hold whole ones: 16 of three images' elements become 112 of 21.
    guard changed.count == 1, a[axis] * many.count == b[axis] * few.count else { return .other }
    return .axis(axis)
  }

  /// A result as large for many images as for few, of a value that is not: one image was picked, or all became one.
  private func loss(of output: String, by node: Node) -> BatchProbe.Obstacle? {
    guard isFloat(output), let first = node.inputs.first, positions[first] != nil, isFloat(first),
      let shape = few.facts[output].shape
    else { return nil }
    return .init(
      place: node.label,
      reason: "its result is \(Shape(shape)) for any number of images"
    )
  }

  private func mixture(
    of output: String,
    from source: String,
    by node: Node
  ) -> BatchProbe.Obstacle {
    let (a, b) = (few.facts[output].shape ?? [], many.facts[output].shape ?? [])
    let given = many.facts[source].shape ?? []
    let isBuiltIn = a.first == b.first
    return .init(
      place: node.label,
      reason: "images would mix: \(Shape(given)) becomes \(Shape(b))",
      builtIn: isBuiltIn ? a.first : nil
    )
  }

  private func obstacle(atOutput name: String) -> BatchProbe.Obstacle? {
    guard reached.contains(name), isFloat(name), let shape = few.facts[name].shape else {
      return nil
    }
    let place = "the output '\(name)'"
    switch growth(of: name) {
    case .other: return nil
    case .none:
      return .init(place: place, reason: "it is \(Shape(shape)) for any number of images")
    case .axis(let axis):
      guard axis > 0 || positions[name]?.inner ?? 1 > 1 else { return nil }
      return .init(
        place: place,
        reason: "its images do not lie one after the other along the first axis"
      )
    }
  }

  private func isFloat(_ name: String) -> Bool {
    few.facts[name].element?.isFloatingPoint == true
  }

  // MARK: Layout

  /// Whether a result has all elements of a value, in other sizes.
  private func isLaidOutAnew(_ source: String, _ output: String) -> Bool {
    guard let a = many.facts[source].shape, let b = many.facts[output].shape else { return false }
    return a.reduce(1, *) == b.reduce(1, *) && a.sorted() != b.sorted()
  }

  /// Where the images are after a new layout; nil where an image is no longer in one piece of one axis.
  private func position(of output: String, _ axis: Int, after source: String) -> Position? {
    guard let before = positions[source], let given = many.facts[source].shape,
      let made = many.facts[output].shape, given.indices.contains(before.axis)
    else { return nil }
    let place = given[..<before.axis].reduce(1, *) * before.inner
    let outer = made[..<axis].reduce(1, *)
    guard outer > 0, place.isMultiple(of: outer), place > 0,
      (outer * made[axis]).isMultiple(of: place * many.count)
    else { return nil }
    return Position(axis: axis, inner: place / outer)
  }

  /// The inner rows of a source whose axis of images is as long; 1 where there is none.
  private func inner(of output: String, _ axis: Int, from sources: [String]) -> Int {
    let length = many.facts[output].shape?[axis]
    for source in sources {
      guard let position = positions[source], let shape = many.facts[source].shape,
        shape.indices.contains(position.axis), shape[position.axis] == length
      else { continue }
      return position.inner
    }
    return 1
  }
}
