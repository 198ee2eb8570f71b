import Graphs
import Tensors

/// Elements chosen by their value: the largest, those that are not zero, those that are new.
package enum Selection {
  static let operators: [Operator] = [compress, nonZero, oneHot, topK, trilu, unique]

  private static let compress = Operator(
    "Compress",
    shapes: { (call) throws(OperatorError) in
      let x = try call.input(0)
      guard let axis = call.node.int("axis") else {
        return [ValueFacts(element: x.element, sizes: [nil])]
      }
      guard var sizes = x.sizes else { return [ValueFacts(element: x.element)] }
      sizes[try ShapeRules.axis(axis, rank: sizes.count)] = nil
      return [ValueFacts(element: x.element, sizes: sizes)]
    },
    channels: .closed
  ) { call in
    var x = try call.input(0)
    let kept = try ATen.one("nonzero", try call.input(1)).reshaped([-1])
    var axis = 0
    if let stated = call.node.int("axis") {
      axis = try ShapeRules.axis(stated, rank: x.rank)
    } else {
      x = try x.reshaped([-1])
    }
    return [
      try Unsigned.reinterpreted([x]) { try $0[0].picked(along: axis, at: kept) }
    ]
  }

  private static let nonZero = Operator(
    "NonZero",
    shapes: { (call) throws(OperatorError) in
      let rank = try call.input(0).sizes?.count
      return [ValueFacts(element: .int64, sizes: [rank, nil])]
    },
    channels: .closed
  ) { call in
    let x = try call.input(0)
    let truth = try Unsigned.widened([x], restoring: false) {
      try $0[0] .!= 0
    }
    return [try ATen.one("nonzero", truth).transposed()]
  }

  /// Depth and values are inputs; indices from -depth to depth - 1 light one place.
  private static let oneHot = Operator(
    "OneHot",
    shapes: { (call) throws(OperatorError) in
      let element = try call.input(2).element
      guard var sizes = try call.input(0).sizes else { return [ValueFacts(element: element)] }
      let axis = try ShapeRules.axis(call.node.int("axis", default: -1), rank: sizes.count + 1)
      let depth = SmallValue(call.optional(1))?.reals.first.flatMap {
        Int(exactly: $0.rounded(.towardZero))
      }
      sizes.insert(depth, at: axis)
      return [ValueFacts(element: element, sizes: sizes)]
    },
    channels: .closed,
    addsAxes: true
  ) { call in
    let indices = try call.input(0)
    let depth = try call.input(1).ints().first ?? 0
    let axis = try ShapeRules.axis(call.node.int("axis", default: -1), rank: indices.rank + 1)
    let wanted = try Indices.counted(indices, size: depth).unsqueezed(at: axis)
    var row = [Int](repeating: 1, count: indices.rank + 1)
    row[axis] = depth
    let places = try Ranges.counting(depth, indices.device).reshaped(row)
    let lit = try wanted .== places
    let result = try Unsigned.reinterpreted([try call.input(2)]) {
      let off = try $0[0].selected(along: 0, at: 0)
      let on = try $0[0].selected(along: 0, at: 1)
      return try lit.choosing(on, otherwise: off)
    }
    return [result]
  }

  /// Of equal elements the one with the lower index comes first.
  private static let topK = Operator(
    "TopK",
    shapes: { (call) throws(OperatorError) in
      let x = try call.input(0)
      guard var sizes = x.sizes else {
        return [ValueFacts(element: x.element), ValueFacts(element: .int64)]
      }
      let axis = try ShapeRules.axis(call.node.int("axis", default: -1), rank: sizes.count)
      sizes[axis] = call.knownIntegers(1)?.first
      return [
        ValueFacts(element: x.element, sizes: sizes), ValueFacts(element: .int64, sizes: sizes),
      ]
    },
    channels: .alongAxis,
    upgrades: [
      Upgrade(to: 10) { node, scope in
        var node = node
        guard let count = node.int("k") else { return [node] }
        node.inputs = [node.inputs[0], scope.add(Constant([count]), hint: "k")]
        node.attributes["k"] = nil
        return [node]
      }
    ],
    downgrades: [
      Downgrade(below: 10) { (node, scope) throws(OperatorError) in
        guard let name = node.input(1), let count = scope.constant(name)?.integers?.first else {
          throw .unsupported("the number wanted is computed, and opset 10 made it an input")
        }
        var older = node
        older.dropInputs(from: 1)
        older.attributes["k"] = .int(count)
        return older
      }
    ]
  ) { call in
    let x = try call.input(0)
    let axis = try ShapeRules.axis(call.node.int("axis", default: -1), rank: x.rank)
    let count = try call.integers(1)?.first ?? 0
    guard count <= x.shape[axis] else {
      throw OperatorError.mismatch("the \(count) largest of \(x.shape[axis]) elements")
    }
    let largest = call.node.int("largest", default: 1) == 1
    var sorted: [Tensor] = []
    let values = try Unsigned.widened([x]) {
      sorted = try ATen.many("sort", "stable", $0[0], true, axis, largest)
      return try sorted[0].narrowed(along: axis, from: 0, count: count)
    }
    return [values, try sorted[1].narrowed(along: axis, from: 0, count: count)]
  }

  /// The upper or lower triangle of each matrix.
  private static let trilu = Operator(
    "Trilu",
    shapes: ShapeRules.same(),
    channels: .closed
  ) {
    call in
    let x = try call.input(0)
    let diagonal = try call.integers(1)?.first ?? 0
    let name = call.node.int("upper", default: 1) == 1 ? "triu" : "tril"
    return [try Unsigned.reinterpreted([x]) { try ATen.one(name, $0[0], diagonal) }]
  }

  /// Distinct elements or slices, where each was first, which of them each element is, and how many there are.
  private static let unique = Operator(
    "Unique",
    shapes: { (call) throws(OperatorError) in
      let x = try call.input(0)
      var sizes: [Int?]? = [nil]
      if let axis = call.node.int("axis") {
        sizes = x.sizes
        if let rank = sizes?.count { sizes?[try ShapeRules.axis(axis, rank: rank)] = nil }
      }
      let index = ValueFacts(element: .int64, sizes: [nil])
      return [ValueFacts(element: x.element, sizes: sizes), index, index, index]
    },
    channels: .closed
  ) { call in
    let stated = call.node.int("axis")
    var x = try call.input(0)
    if stated == nil { x = try x.reshaped([-1]) }
    let axis = try ShapeRules.axis(stated ?? 0, rank: x.rank)
    let found = try ATen.many("unique_dim", "", x, axis, true, true, true)
    let (values, inverse, counts) = (found[0], found[1], found[2])
    let steps = try Ranges.counting(x.shape[axis], x.device)
    let none = try ATen.one("full_like", counts, x.shape[axis])
    let first = try ATen.one("scatter_reduce", "two", none, 0, inverse, steps, "amin", true)
    if call.node.int("sorted", default: 1) == 1 { return [values, first, inverse, counts] }
    // In order of appearance: the groups are renumbered by where each was first.
    let order = try ATen.one("argsort", first)
    let rank = try ATen.one("argsort", order)
    return [
      try values.picked(along: axis, at: order),
      try first.picked(along: 0, at: order),
      try rank.picked(along: 0, at: inverse),
      try counts.picked(along: 0, at: order),
    ]
  }
}
